package io.anyserve.worker.consume;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.publish.ExecutionListener;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.schedule.CommandQueue;
import io.anyserve.worker.schedule.StreamTakeover;
import io.anyserve.worker.schedule.WorkerIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * All consumers of one capability, each with its thread: those of interactive requests always take
 * work, those of batch requests while slots are idle.
 */
public final class CapabilityConsumers {

  private final TakeoverCoordinator takeovers;
  private final RequestDispatcher reception;
  private final ConsumeMetrics meters;
  private final Source source;
  private final Policy policy;
  private final BrokerAvailability broker;
  private final List<ShareConsumerLoop> intakes = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Where the work comes from. */
  public record Source(KafkaClients kafka, Capability capability, String clientId) {}

  /**
   * How work is held.
   *
   * @param slots of the engine
   * @param lock how long the broker leaves a record to a consumer
   * @param attempts of a request that may fail in a row
   */
  public record Policy(FetchMode fetchMode, int slots, Duration lock, int attempts) {}

  public CapabilityConsumers(
      Source source,
      Policy policy,
      WorkerIdentity identity,
      Outlets outlets,
      CommandQueue inbox,
      ConsumeMetrics meters) {
    this.source = source;
    this.policy = policy;
    this.broker =
        new BrokerAvailability(source.kafka(), source.clientId() + "-gate", System::nanoTime);
    this.meters = meters;
    this.takeovers =
        new TakeoverCoordinator(
            identity,
            inbox,
            outlets.publisher(),
            new TakeoverCoordinator.Means(
                outlets.takeovers(), policy.attempts(), outlets.background()),
            meters);
    this.reception =
        new RequestDispatcher(
            inbox,
            outlets.publisher(),
            takeovers,
            new RequestDispatcher.Means(
                outlets.payloads(), outlets.background(), outlets.watches()),
            meters);
  }

  /**
   * What all capabilities of a worker share, and the listeners to the executions of this one.
   *
   * @param background runs what blocks
   */
  public record Outlets(
      Publisher publisher,
      TokenHistoryReader takeovers,
      PayloadStore payloads,
      Executor background,
      ExecutionListener.Source watches) {}

  /**
   * Begins to take work.
   *
   * @param healthy any work may be taken
   * @param idle slots are free for batch requests
   */
  public void start(BooleanSupplier healthy, BooleanSupplier idle) {
    start(
        Priority.INTERACTIVE,
        ShareConsumerConfig.interactive(policy.fetchMode(), policy.slots()),
        healthy);
    start(
        Priority.BATCH,
        ShareConsumerConfig.spare(policy.fetchMode(), policy.slots()),
        () -> healthy.getAsBoolean() && idle.getAsBoolean());
    threads.forEach(Thread::start);
  }

  private void start(Priority priority, ShareConsumerConfig holding, BooleanSupplier open) {
    for (int i = 0; i < holding.consumers(); i++) {
      String name = source.clientId() + "-" + source.capability() + suffix(priority) + "-" + i;
      var intake =
          new ShareConsumerLoop(
              "intake " + name,
              sources(() -> open(priority, name, holding)),
              reception::receive,
              open,
              policy.lock(),
              System::nanoTime,
              meters::settled);
      intakes.add(intake);
      threads.add(Thread.ofPlatform().name("take-" + name).daemon().unstarted(intake));
    }
  }

  private RecordSourceFactory sources(Supplier<RecordSource> opening) {
    return new RecordSourceFactory() {
      @Override
      public RecordSource open() {
        return opening.get();
      }

      @Override
      public void pause(Duration length) {
        LockSupport.parkNanos(this, length.toNanos());
      }

      @Override
      public void awaitBroker(BooleanSupplier given) {
        broker.await(given);
      }
    };
  }

  private static String suffix(Priority priority) {
    return switch (priority) {
      case INTERACTIVE -> "";
      case BATCH -> "-batch";
    };
  }

  private RecordSource open(Priority priority, String name, ShareConsumerConfig holding) {
    var topics = reception.topics();
    String group = topics.workerGroup(source.capability());
    var consumer = source.kafka().newShareConsumer(name, group, holding.settings());
    return new ShareGroupSource(consumer, topics.requests(source.capability(), priority));
  }

  /** Down while one of them fails again and again. */
  public Health health() {
    for (ShareConsumerLoop intake : intakes) {
      if (intake.health() instanceof Health.Down down) {
        return down;
      }
    }
    return Health.UP;
  }

  /** For work that was begun before. */
  public StreamTakeover takeover() {
    return takeovers;
  }

  /** Takes no more work. */
  public void drain() {
    intakes.forEach(ShareConsumerLoop::drain);
  }

  /** Everything taken is settled and acknowledged, and no more comes. */
  public boolean drained() {
    return threads.stream().noneMatch(Thread::isAlive);
  }

  /** Waits until everything taken is settled and acknowledged; true when it is. */
  public boolean awaitDrained(Duration patience) throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    for (Thread thread : threads) {
      Duration left = Duration.ofNanos(Math.max(1_000_000, until - System.nanoTime()));
      if (!thread.join(left)) {
        return false;
      }
    }
    return true;
  }

  /** Gives back what is not settled, after {@link #drain}. */
  public void giveUp() {
    intakes.forEach(ShareConsumerLoop::giveUp);
  }
}
