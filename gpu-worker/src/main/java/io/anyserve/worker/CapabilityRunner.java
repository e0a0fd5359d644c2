package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.worker.consume.CapabilityConsumers;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.schedule.CommandQueue;
import io.anyserve.worker.schedule.EngineSupervisor;
import io.anyserve.worker.schedule.Scheduler;
import io.anyserve.worker.schedule.SchedulerCommand;
import io.anyserve.worker.schedule.SchedulerLoop;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One capability at work: its consumers, its inbox, its scheduler and its engine. */
final class CapabilityRunner implements Component {

  private static final Logger log = LoggerFactory.getLogger(CapabilityRunner.class);

  /** Requests are handed over in so many portions, so that no worker gets all of them at once. */
  private static final int PORTIONS = 20;

  private static final int SMALLEST_PORTION = 8;
  private static final Duration BETWEEN_PORTIONS = Duration.ofMillis(100);

  /** For a step to return before its requests are handed over all the same. */
  private static final Duration STEP = Duration.ofSeconds(2);

  private static final Duration GIVE_UP = Duration.ofSeconds(10);

  /** A process that ends under an engine's native code crashes. */
  private static final Duration ENGINE = Duration.ofSeconds(30);

  private final Capability name;
  private final EngineSupervisor supervisor;
  private final CommandQueue inbox;
  private final Scheduler scheduler;
  private final SchedulerLoop loop;
  private final CapabilityConsumers intakes;
  private final Thread thread;

  CapabilityRunner(
      Capability name,
      EngineSupervisor supervisor,
      CommandQueue inbox,
      Scheduler scheduler,
      SchedulerLoop loop,
      CapabilityConsumers intakes) {
    this.name = name;
    this.supervisor = supervisor;
    this.inbox = inbox;
    this.scheduler = scheduler;
    this.loop = loop;
    this.intakes = intakes;
    this.thread = Thread.ofPlatform().name("batch-" + name).daemon().unstarted(loop);
  }

  /**
   * Returns when the engine is loaded, where it is to be loaded first.
   *
   * @throws IllegalStateException when it cannot be loaded
   */
  @Override
  public void start() throws InterruptedException {
    thread.start();
    try {
      loop.ready().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("engine of " + name + ": " + e.getMessage(), e);
    }
    intakes.start(() -> running().equals(Health.UP));
  }

  @Override
  public Health health() {
    return running() instanceof Health.Down down ? down : intakes.health();
  }

  /** Whether an acquired request would be executed. */
  private Health running() {
    if (!thread.isAlive()) {
      return new Health.Down("scheduler of " + name, "has ended");
    }
    return loop.health();
  }

  Capability name() {
    return name;
  }

  /** Sequences that are running or waiting. */
  int load() {
    return scheduler.load();
  }

  void tell(SchedulerCommand command) {
    inbox.tell(command);
  }

  CapabilityOffer offer() {
    Engine.Description description = supervisor.description();
    return new CapabilityOffer(
        name,
        description.kind(),
        description.model(),
        description.slots(),
        supervisor.loaded(),
        description.contextLength(),
        description.numerics().precision(),
        description.numerics().reason(),
        description.embeddingDimensions(),
        description.answers().toolCalls(),
        description.answers().reasoning(),
        description.vision(),
        description.answers().pairs());
  }

  /** Takes no more work and goes on with what it has. */
  void drain() {
    intakes.drain();
  }

  /** Nothing is taken any more, and nothing is left. */
  boolean drained() {
    return intakes.drained();
  }

  /** Waits for the end of what it has; true when all is answered. */
  boolean awaitDrained(Duration patience) throws InterruptedException {
    return intakes.awaitDrained(patience);
  }

  /** Hands over what is not answered, frees the engine, and waits until it has let go. */
  @Override
  public void close() throws InterruptedException {
    drain();
    handOver();
    loop.stop();
    awaitEngine(STEP);
    intakes.giveUp();
    intakes.awaitDrained(GIVE_UP);
    if (!awaitEngine(ENGINE)) {
      log.warn("The engine of {} did not return from its step in time", name);
    }
  }

  /** What a scheduler that stands still keeps is handed over without it, when it has stopped. */
  private void handOver() throws InterruptedException {
    var portion =
        new SchedulerCommand.HandOver(Math.max(SMALLEST_PORTION, Math.ceilDiv(load(), PORTIONS)));
    for (int i = 0; i < PORTIONS && load() > 0; i++) {
      tell(portion);
      intakes.awaitDrained(BETWEEN_PORTIONS);
    }
  }

  private boolean awaitEngine(Duration patience) throws InterruptedException {
    return !thread.isAlive() || thread.join(patience);
  }
}
