package io.anyserve.worker.schedule;

import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestKind;
import io.anyserve.runtime.Health;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineLoader;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the engine of one capability when it is needed and a model slot is free.
 *
 * <pre>
 * empty -- needed, slot free -->      loaded
 * empty, loaded -- fails -->          resting    longer after each failure in a row
 * resting -- time is over -->         empty
 * loaded -- slot wanted, unload -->   empty
 * </pre>
 *
 * <p>Owned by the scheduler's thread; any thread may ask how it is.
 */
public final class EngineSupervisor {

  private static final Logger log = LoggerFactory.getLogger(EngineSupervisor.class);
  private static final long FIRST_REST = 100_000_000L;
  private static final int MOST_DOUBLINGS = 7;
  private static final int HOPELESS = 5;

  private final Capability capability;
  private final EngineLoader source;
  private final ModelSlots modelSlots;
  private final LongSupplier nanos;
  private final Runnable wake;
  private @Nullable Engine engine;
  private boolean inQueue;
  private int failures;
  private long restsUntil;
  private volatile boolean loaded;
  private volatile Health health = Health.UP;

  /**
   * @param wake makes the owner look whether its model slot is wanted
   */
  public EngineSupervisor(
      Capability capability,
      EngineLoader source,
      ModelSlots modelSlots,
      LongSupplier nanos,
      Runnable wake) {
    this.capability = capability;
    this.source = source;
    this.modelSlots = modelSlots;
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

  /** Why it cannot do that for anybody; known without loading it. */
  Optional<Failure> refusal(RequestKind kind, Payload input) {
    try {
      AdmissionRules.requireOffered(kind, capability, description().embeddingDimensions());
      AdmissionRules.requireVisionOffered(input, capability, description().vision());
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(new Failure(FailureCode.INVALID_REQUEST, String.valueOf(e.getMessage())));
    }
  }

  int slots() {
    return source.description().slots();
  }

  /**
   * The engine, loaded if need be; null while no model slot is free or it rests.
   *
   * @throws RuntimeException when it cannot be loaded; it rests then
   */
  @Nullable Engine ready() {
    if (engine == null && !resting()) {
      inQueue = !modelSlots.enter(capability, wake);
      if (!inQueue) {
        load();
      }
    }
    return engine;
  }

  /** Nothing to do: no model slot is needed after all. */
  void withdraw() {
    if (inQueue) {
      inQueue = false;
      modelSlots.leave(capability);
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

  /** Another model needs the slot. */
  boolean wanted(boolean idle) {
    return engine != null && modelSlots.wanted(capability, idle);
  }

  /** The engine broke: unloads it, and rests before the next. */
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
    modelSlots.leave(capability);
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
