package io.anyserve.worker.consume;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.worker.consume.ShareConsumerLoop.Lane;
import io.anyserve.worker.dispatch.DeliveryMetrics;
import io.anyserve.worker.dispatch.InFlightDeliveries;
import io.anyserve.worker.dispatch.RequestDispatcher;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.publish.ExecutionListener;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.schedule.CommandQueue;
import io.anyserve.worker.schedule.StreamTakeover;
import io.anyserve.worker.schedule.WorkerIdentity;
import io.anyserve.worker.takeover.TakeoverCoordinator;
import io.anyserve.worker.takeover.TokenHistoryReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;

/** The two consumers of one capability, one for each lane, and the requests that they acquired. */
public final class CapabilityConsumers {

  private final Source source;
  private final Publisher publisher;
  private final TakeoverCoordinator takeovers;
  private final InFlightDeliveries inFlight;
  private final RequestDispatcher dispatcher;
  private final List<ShareConsumerLoop> loops = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Where the requests come from. */
  public record Source(KafkaClients kafka, Admin admin, Capability capability, String clientId) {}

  /**
   * How requests are acquired.
   *
   * @param slots of the engine
   * @param lock how long the broker leaves a record to a consumer
   * @param attempts of a request that may fail in a row
   */
  public record Policy(int slots, Duration lock, int attempts) {}

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

  public CapabilityConsumers(
      Source source,
      Policy policy,
      WorkerIdentity identity,
      Outlets outlets,
      CommandQueue inbox,
      DeliveryMetrics meters) {
    this.source = source;
    this.publisher = outlets.publisher();
    this.takeovers =
        new TakeoverCoordinator(
            identity,
            publisher,
            new TakeoverCoordinator.Means(
                outlets.takeovers(), policy.attempts(), outlets.background()));
    this.inFlight = new InFlightDeliveries(policy.slots(), meters);
    this.dispatcher =
        new RequestDispatcher(
            identity,
            inbox,
            takeovers,
            new RequestDispatcher.Means(
                publisher,
                outlets.payloads(),
                outlets.background(),
                (pause, task) -> later(pause, outlets.background(), task),
                outlets.watches(),
                System::nanoTime,
                policy.lock()),
            inFlight,
            meters);
    ShareConsumerConfig size = ShareConsumerConfig.of(policy.slots());
    for (Priority priority : Priority.values()) {
      String name = source.clientId() + "-" + source.capability() + suffix(priority);
      var loop =
          new ShareConsumerLoop(
              "consumer " + name,
              new Lane(priority, size.records()),
              new Consumers(priority, name, size),
              dispatcher,
              inFlight,
              System::nanoTime);
      loops.add(loop);
      threads.add(Thread.ofPlatform().name("acquire-" + name).daemon().unstarted(loop));
    }
  }

  private static void later(Duration pause, Executor background, Runnable task) {
    CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS, background)
        .execute(task);
  }

  private static String suffix(Priority priority) {
    return switch (priority) {
      case INTERACTIVE -> "";
      case BATCH -> "-batch";
    };
  }

  /** Opens the consumers of one lane. */
  private final class Consumers implements RecordSourceFactory {

    private final Priority priority;
    private final String name;
    private final ShareConsumerConfig size;
    private final BrokerAvailability broker = new BrokerAvailability(source.admin());

    Consumers(Priority priority, String name, ShareConsumerConfig size) {
      this.priority = priority;
      this.name = name;
      this.size = size;
    }

    @Override
    public RecordSource open() {
      var topics = publisher.topics();
      Capability capability = source.capability();
      return new ShareGroupSource(
          source
              .kafka()
              .newShareConsumer(name, topics.workerGroup(capability, priority), size.settings()),
          topics.requests(capability, priority));
    }

    @Override
    public void pause(Duration length) throws InterruptedException {
      inFlight.pause(length);
    }

    @Override
    public boolean brokerAnswers() {
      return broker.answers();
    }
  }

  /**
   * Begins to acquire requests.
   *
   * @param healthy the engine is; {@link #look} follows each change
   */
  public void start(BooleanSupplier healthy) {
    inFlight.watch(healthy);
    threads.forEach(Thread::start);
  }

  /** The health of the engine has changed. */
  public void look() {
    inFlight.look();
  }

  /** Down while one of them fails again and again. */
  public Health health() {
    for (ShareConsumerLoop loop : loops) {
      if (loop.health() instanceof Health.Down down) {
        return down;
      }
    }
    return Health.UP;
  }

  /** For work that was begun before. */
  public StreamTakeover takeover() {
    return takeovers;
  }

  /** Acquires no more requests. */
  public void drain() {
    inFlight.drain();
    loops.forEach(ShareConsumerLoop::wake);
  }

  /** All that was acquired has ended or is handed over, and no more comes. */
  public boolean drained() {
    return threads.stream().noneMatch(Thread::isAlive) && inFlight.isEmpty();
  }

  /** Waits until {@link #drained}, at most that long; true when it is. */
  public boolean awaitDrained(Duration patience) throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    for (Thread thread : threads) {
      if (thread.isAlive() && !thread.join(left(until))) {
        return false;
      }
    }
    return inFlight.awaitEmpty(left(until));
  }

  private static Duration left(long until) {
    return Duration.ofNanos(Math.max(1_000_000, until - System.nanoTime()));
  }

  /** Hands over, or returns to the broker, what has not ended, after {@link #drain}. */
  public void giveUp() {
    dispatcher.giveUp();
  }
}
