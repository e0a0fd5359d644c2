package io.anyserve.worker.consume;

import io.anyserve.contracts.Priority;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.runtime.Health;
import io.anyserve.worker.dispatch.Delivery;
import io.anyserve.worker.dispatch.InFlightDeliveries;
import io.anyserve.worker.dispatch.Reception;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acquires the requests of one lane with one consumer, while there is room for them, and accepts
 * each when the log says who has it. Its thread owns the consumer.
 *
 * <pre>
 * no room -- a slot free, engine healthy -->   polling
 * polling -- records, but no room any more --> no room     released
 * polling -- records -->                       beginning
 * beginning -- all begun -->                   polling     acknowledged with the next poll
 * beginning -- all begun, no room -->          no room     acknowledged at once
 * any -- no connection -->                     no consumer until a broker answers
 * any -- failure -->                           no consumer for a pause that doubles
 * any -- drain -->                             ended
 * </pre>
 *
 * A poll that brings nothing is followed by another one even without room: the broker may have
 * answered its last fetch, and the lock of a record that nobody looks at runs out.
 *
 * <p>A share consumer of Kafka without a connection is a busy loop: it is closed and opened again
 * when there is a broker.
 *
 * <p>A record that does not fit into memory fails each poll that would bring it. The broker counts
 * these deliveries as any others and archives the record; until then this loop is not healthy.
 */
final class ShareConsumerLoop implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(ShareConsumerLoop.class);

  /** After each wait the connection is looked at. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  /** For the scheduler to begin an execution, and to know how long its prompt is. */
  private static final Duration CLAIM_AFTER = Duration.ofMillis(2);

  /** For slots to become free, and for workers with more room to take what waits. */
  private static final Duration ROOM_FOR_ALL = Duration.ofMillis(50);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration BROKER_PAUSE = Duration.ofMillis(100);
  private static final int MOST_DOUBLINGS = 3;

  /** One failure may be a broker's restart. */
  private static final int UNHEALTHY = 2;

  private final String name;
  private final Lane lane;
  private final RecordSourceFactory sources;
  private final Reception reception;
  private final InFlightDeliveries inFlight;
  private final LongSupplier nanos;
  private boolean roomRequired = true;
  private int failures;
  private volatile Health health = Health.UP;
  private volatile @Nullable RecordSource current;

  /**
   * What is acquired.
   *
   * @param records of one poll at most
   */
  record Lane(Priority priority, int records) {}

  /**
   * @param name in health and logs
   * @param sources of a consumer, and of another one after a failure
   */
  ShareConsumerLoop(
      String name,
      Lane lane,
      RecordSourceFactory sources,
      Reception reception,
      InFlightDeliveries inFlight,
      LongSupplier nanos) {
    this.name = name;
    this.lane = lane;
    this.sources = sources;
    this.reception = reception;
    this.inFlight = inFlight;
    this.nanos = nanos;
  }

  @Override
  public void run() {
    try {
      while (!inFlight.draining()) {
        runUntilFailure();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void runUntilFailure() throws InterruptedException {
    try {
      while (!inFlight.draining() && !acquire()) {
        awaitBroker();
      }
    } catch (RuntimeException | Error e) {
      startOver(e);
    }
  }

  /** With one consumer; false when its broker is gone. */
  private boolean acquire() throws InterruptedException {
    roomRequired = true;
    RecordSource source = sources.open();
    try (source) {
      current = source;
      while (!inFlight.draining()) {
        if (source.lost()) {
          log.info("{} lost its broker; what it has begun goes on", name);
          return false;
        }
        step(source);
      }
      return true;
    } finally {
      doubt(source); // of what it sent last, it hears when it is closed
    }
  }

  private void awaitBroker() throws InterruptedException {
    while (!inFlight.draining() && !sources.brokerAnswers()) {
      sources.pause(BROKER_PAUSE);
    }
  }

  private void startOver(Throwable why) throws InterruptedException {
    failures++;
    health =
        failures < UNHEALTHY
            ? Health.UP
            : new Health.Down(
                name, "failed " + failures + " times in a row to acquire records: " + why);
    log.warn("{} failed {} times in a row and restarts with a new consumer", name, failures, why);
    sources.pause(FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS)));
  }

  /** Down after failures in a row, up again with the first poll that works. Any thread. */
  Health health() {
    return health;
  }

  private void doubt(RecordSource source) {
    List<TopicOffset> refused = source.refused();
    if (!refused.isEmpty()) {
      reception.doubt(refused);
    }
  }

  /** Waits for room, or polls once and sees to what that brings. */
  void step(RecordSource source) throws InterruptedException {
    if (roomRequired && !awaitRoom()) {
      source.commit(); // which hears what became of the acknowledgements that were sent
      doubt(source);
      return;
    }
    // The broker may have locked them as soon as this poll began.
    long acquiredAt = nanos.getAsLong();
    List<ConsumerRecord<byte[], byte[]>> records = source.poll(LONGEST_WAIT);
    roomRequired = !records.isEmpty();
    failures = 0;
    health = Health.UP;
    doubt(source);
    if (records.isEmpty()) {
      return;
    }
    if (inFlight.hasRoom(lane.priority(), 1)) {
      begin(source, reception.receive(lane.priority(), records, acquiredAt));
    } else {
      records.forEach(record -> source.acknowledge(record, AcknowledgeType.RELEASE));
      source.commit();
    }
  }

  /** Room for all that a poll may bring, or after a short wait for one of them. */
  private boolean awaitRoom() throws InterruptedException {
    return inFlight.awaitRoom(lane.priority(), lane.records(), ROOM_FOR_ALL)
        || inFlight.awaitRoom(lane.priority(), 1, LONGEST_WAIT);
  }

  private void begin(RecordSource source, List<Delivery> deliveries) throws InterruptedException {
    if (!awaitBegun(source, deliveries)) {
      reception.doubt(deliveries.stream().map(Delivery::position).toList());
      return;
    }
    boolean all = true;
    for (Delivery delivery : deliveries) {
      AcknowledgeType type = delivery.acknowledgement().join();
      source.acknowledge(delivery.record(), type);
      all &= type == AcknowledgeType.ACCEPT;
    }
    if (!all || !inFlight.hasRoom(lane.priority(), lane.records())) {
      source.commit();
    }
  }

  /** False when the broker is gone meanwhile: then nothing can be acknowledged. */
  private boolean awaitBegun(RecordSource source, List<Delivery> deliveries)
      throws InterruptedException {
    CompletableFuture<?> begun =
        CompletableFuture.allOf(
            deliveries.stream()
                .map(Delivery::acknowledgement)
                .toArray(CompletableFuture<?>[]::new));
    if (!completes(begun, CLAIM_AFTER)) {
      deliveries.stream()
          .filter(delivery -> !delivery.acknowledgement().isDone())
          .forEach(reception::claim);
      while (!source.lost()) {
        if (completes(begun, LONGEST_WAIT)) {
          return true;
        }
      }
      return false;
    }
    return true;
  }

  private static boolean completes(CompletableFuture<?> future, Duration patience)
      throws InterruptedException {
    try {
      future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("acknowledgements never fail", e);
    }
  }

  /** Ends a poll, once the worker drains. Any thread. */
  void wake() {
    RecordSource source = current;
    if (source != null) {
      source.wake();
    }
  }
}
