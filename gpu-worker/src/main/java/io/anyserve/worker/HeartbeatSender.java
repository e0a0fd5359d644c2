package io.anyserve.worker;

import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.Component;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.schedule.Clocks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says twice a second that this worker lives, what it offers and what it is doing; once a second
 * while it does nothing and the routers watch it anyway. After a silence that others take for death
 * it has everybody look whether their work went on elsewhere.
 */
final class HeartbeatSender implements Component {

  private static final Logger log = LoggerFactory.getLogger(HeartbeatSender.class);
  private static final Duration EVERY = Duration.ofMillis(500);
  private static final Duration EXPIRES = Duration.ofSeconds(3);

  /** Others may be slow to take over: after so many heartbeats everybody looks once more. */
  private static final int LOOK_AGAIN = 10;

  private final WorkerId worker;
  private final Publisher publisher;
  private final Supplier<Offer> offer;
  private final Runnable recheck;
  private final BooleanSupplier watched;
  private final Clocks clocks;
  private final PauseDetector watch;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("announce").daemon().factory());
  private int untilLook;
  private boolean skipped;
  private volatile WorkerState state = WorkerState.READY;

  /** What there is to say. */
  record Offer(List<CapabilityOffer> capabilities, int running) {}

  /**
   * @param recheck called when the process stood still longer than heartbeats last
   * @param watched every router notices by itself when this process ends
   */
  HeartbeatSender(
      WorkerId worker,
      Publisher publisher,
      Supplier<Offer> offer,
      Runnable recheck,
      BooleanSupplier watched,
      Clocks clocks) {
    this.worker = worker;
    this.publisher = publisher;
    this.offer = offer;
    this.recheck = recheck;
    this.watched = watched;
    this.clocks = clocks;
    this.watch = new PauseDetector(clocks, EXPIRES);
  }

  /**
   * Says that a process of this name has stopped, before this one begins anything: what that left
   * unfinished is taken over even if nobody noticed that it was gone. Waits for the log, not long.
   */
  void endEarlierProcess() throws InterruptedException {
    announceAndWait(WorkerState.STOPPED);
  }

  /** Once it returns the log says what this worker offers, or will soon. */
  @Override
  public void start() throws InterruptedException {
    watch.beat();
    announceAndWait(state);
    long every = EVERY.toMillis();
    var _ = timer.scheduleWithFixedDelay(this::tick, every, every, TimeUnit.MILLISECONDS);
  }

  private void announceAndWait(WorkerState said) throws InterruptedException {
    try {
      write(WorkerCodec.encode(heartbeat(said))).get(EVERY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      log.warn("Failed to write the first heartbeats: {}", e.toString());
    }
  }

  /** An error must not end the heartbeats. */
  private void tick() {
    try {
      beat();
    } catch (RuntimeException | Error e) {
      log.warn("Failed to check whether requests were taken over", e);
    }
  }

  private void beat() {
    if (!skips()) {
      announce(state);
    }
    if (watch.beat()) {
      log.warn("This process was paused; its requests may have been taken over");
      untilLook = LOOK_AGAIN;
      recheck.run();
    } else if (untilLook > 0 && --untilLook == 0) {
      recheck.run();
    }
  }

  /** Every other one, while nothing runs and somebody else tells when this process ends. */
  private boolean skips() {
    skipped = !skipped && watched.getAsBoolean() && offer.get().running() == 0;
    return skipped;
  }

  /** From now on this worker takes no more work. */
  void draining() {
    state = WorkerState.DRAINING;
    timer.execute(() -> announce(state));
  }

  private void announce(WorkerState said) {
    try {
      var _ = write(WorkerCodec.encode(heartbeat(said)));
    } catch (RuntimeException | Error e) {
      log.warn("Failed to write a heartbeat: {}", e.toString());
    }
  }

  /** What there is to say now. */
  WorkerHeartbeat current() {
    return heartbeat(state);
  }

  private WorkerHeartbeat heartbeat(WorkerState said) {
    Offer now = offer.get();
    return new WorkerHeartbeat(
        worker, now.capabilities(), said, now.running(), clocks.wall().instant(), EXPIRES);
  }

  private CompletableFuture<Long> write(byte @Nullable [] value) {
    TopicNames topics = publisher.topics();
    byte[] key = worker.value().getBytes(StandardCharsets.UTF_8);
    return publisher.append(new ProducerRecord<>(topics.workers(), key, value));
  }

  /** Says that the worker has stopped, and then nothing, so that it is forgotten. */
  @Override
  public void close() throws InterruptedException {
    timer.shutdown();
    if (timer.awaitTermination(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
      announce(WorkerState.STOPPED);
      var _ = write(null);
    }
  }
}
