package io.anyserve.worker.schedule;

import io.anyserve.contracts.Capability;
import io.anyserve.runtime.Health;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineLoader;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one capability's engine: loads it when it is needed and there is room.
 *
 * <pre>
 * empty -- needed, room -->           loaded
 * empty, loaded -- fails -->          resting    longer after each failure in a row
 * resting -- time is over -->         empty
 * loaded -- room wanted, unload -->   empty
 * </pre>
 *
 * <p>Owned by the batcher's thread; any thread may ask how it is.
 */
public final class EngineSupervisor {

  private static final Logger log = LoggerFactory.getLogger(EngineSupervisor.class);
  private static final long FIRST_REST = 100_000_000L;
  private static final int MOST_DOUBLINGS = 7;
  private static final int HOPELESS = 5;

  private final Capability capability;
  private final EngineLoader source;
  private final ModelSlots room;
  private final LongSupplier nanos;
  private final Runnable wake;
  private @Nullable Engine engine;
  private boolean inLine;
  private int failures;
  private long restsUntil;
  private volatile boolean loaded;
  private volatile Health health = Health.UP;

  /**
   * @param wake makes the owner look whether its place in the room is wanted
   */
  public EngineSupervisor(
      Capability capability,
      EngineLoader source,
      ModelSlots room,
      LongSupplier nanos,
      Runnable wake) {
    this.capability = capability;
    this.source = source;
    this.room = room;
    this.nanos = nanos;
    this.wake = wake;
  }

  public Engine.Description description() {
    return source.description();
  }

  /** The model is in memory. */
  public boolean loaded() {
    return loaded;
  }

  /** Down while the engine rests after a failure. */
  public Health health() {
    return health;
  }

  int slots() {
    return source.description().slots();
  }

  /**
   * The engine, loaded if need be; null while there is no room or it rests.
   *
   * @throws RuntimeException when it cannot be loaded; it rests then
   */
  @Nullable Engine ready() {
    if (engine == null && !resting()) {
      inLine = !room.enter(capability, wake);
      if (!inLine) {
        load();
      }
    }
    return engine;
  }

  /** Nothing to do: no place is needed after all. */
  void withdraw() {
    if (inLine) {
      inLine = false;
      room.leave(capability);
    }
  }

  @Nullable Engine engine() {
    return engine;
  }

  private void load() {
    try {
      engine = source.load();
      loaded = true;
      health = Health.UP;
    } catch (RuntimeException | Error e) {
      failed(e);
      throw e;
    }
  }

  private boolean resting() {
    return failures > 0 && nanos.getAsLong() - restsUntil < 0;
  }

  /** It did what it should. */
  void worked() {
    failures = 0;
  }

  /** It broke so often in a row that no sequence can be the reason. */
  boolean hopeless() {
    return failures >= HOPELESS;
  }

  /** Somebody else needs the place. */
  boolean wanted(boolean idle) {
    return engine != null && room.wanted(capability, idle);
  }

  /** The engine broke: away with it, and a rest before the next. */
  void failed(Throwable why) {
    unload();
    int doublings = Math.min(failures, MOST_DOUBLINGS);
    failures++;
    restsUntil = nanos.getAsLong() + (FIRST_REST << doublings);
    health = new Health.Down("engine of " + capability, "restarts after a failure: " + why);
    log.error("The engine of {} failed {} times in a row", capability, failures, why);
  }

  /** Healthy again once the rest is over. */
  void lookAgain() {
    if (health instanceof Health.Down && !resting()) {
      health = Health.UP;
    }
  }

  void unload() {
    Engine old = engine;
    engine = null;
    loaded = false;
    room.leave(capability);
    if (old != null) {
      close(old);
    }
  }

  private void close(Engine old) {
    try {
      old.close();
    } catch (RuntimeException | Error e) {
      log.warn("Failed to close the engine of {}", capability, e);
    }
  }
}
