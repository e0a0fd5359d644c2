package io.anyserve.router.recovery;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.router.recovery.TrackedRequest.Running;
import io.anyserve.router.routing.StoreBackedDirectory;
import io.anyserve.router.routing.WorkerLiveness;
import io.anyserve.router.streams.InMemoryGlobalStore;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.runtime.kafka.PoisonRecords;
import io.anyserve.runtime.kafka.SeekableLogReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the requests of lost workers, and contested ones, again: each attempt once, to the
 * topic that it was taken from, so that the next delivery is a higher attempt. A false alarm costs
 * work but nothing else, as the log fences the lower attempt. A stream thread's.
 */
public final class LostRequestRecovery {

  public static final Duration INTERVAL = Duration.ofMillis(500);

  /** For a worker that is not in the table: it may have begun before its first heartbeat. */
  static final Duration UNKNOWN_KEPT = Duration.ofSeconds(3);

  /** For a contested request: the current execution may be about to end it. */
  static final Duration CONTESTED_KEPT = Duration.ofSeconds(5);

  /** After the log could not be read. */
  static final Duration PAUSE = Duration.ofSeconds(10);

  /** The most requests of one check, so that the stream thread does other things in between. */
  static final int MOST = 5_000;

  private static final Logger log = LoggerFactory.getLogger(LostRequestRecovery.class);

  private final InFlightRequests inFlight;
  private final InMemoryGlobalStore<WorkerLiveness> workers;
  private final SeekableLogReader past;
  private final RouterMetrics meters;
  private Set<WorkerId> suspects = Set.of();
  private long lastCheck;
  private long outage;
  private long notBefore;

  /** Publishes a request again. */
  @FunctionalInterface
  public interface Publisher {
    void publish(ConsumerRecord<byte[], byte[]> found, byte[] value);
  }

  public LostRequestRecovery(
      InFlightRequests inFlight,
      InMemoryGlobalStore<WorkerLiveness> workers,
      SeekableLogReader past,
      RouterMetrics meters) {
    this.inFlight = inFlight;
    this.workers = workers;
    this.past = past;
    this.meters = meters;
  }

  /**
   * A worker must be silent at two checks in a row: a router that stood still itself hears nobody
   * at the first.
   *
   * @param now milliseconds since the epoch, by the router's clock
   */
  public void check(long now, Publisher publisher) {
    boolean stoodStill = now - lastCheck > 3 * INTERVAL.toMillis();
    lastCheck = now;
    outage = everybodySilent(now) ? now : outage;
    List<Running> silent = inFlight.running(running -> recoverable(running) && lost(running, now));
    Set<WorkerId> confirmed = stoodStill ? Set.of() : suspects;
    suspects = workers(silent);
    List<Running> lost =
        Stream.concat(
                silent.stream().filter(running -> confirmed.contains(running.started().worker())),
                inFlight
                    .running(running -> recoverable(running) && contested(running, now))
                    .stream())
            .distinct()
            .limit(MOST)
            .toList();
    if (!lost.isEmpty() && now >= notBefore) {
      recover(lost, now, publisher);
    }
  }

  /** Then the brokers are away, and work goes on when they are back. */
  private boolean everybodySilent(long now) {
    long last = workers.rows().stream().mapToLong(WorkerLiveness::at).max().orElse(0);
    return now - last < StoreBackedDirectory.OUTAGE.toMillis()
        && workers.rows().stream().allMatch(liveness -> liveness.silent(now));
  }

  private static boolean recoverable(Running running) {
    return !running.recovered() && running.started().source().isPresent();
  }

  private boolean lost(Running running, long now) {
    return workers
        .row(running.started().worker().value())
        .map(liveness -> liveness.lost(running.at(), now, outage))
        .orElseGet(() -> now - running.seenAt() >= UNKNOWN_KEPT.toMillis());
  }

  /** Two executions wrote at once, and after a while the request has still not ended. */
  private static boolean contested(Running running, long now) {
    return running.contestedAt() > 0 && now - running.contestedAt() >= CONTESTED_KEPT.toMillis();
  }

  private static Set<WorkerId> workers(List<Running> requests) {
    Set<WorkerId> found = new HashSet<>();
    requests.forEach(running -> found.add(running.started().worker()));
    return found;
  }

  private void recover(List<Running> lost, long now, Publisher publisher) {
    log.warn(
        "Republishing {} requests of lost or contested workers {}", lost.size(), workers(lost));
    try {
      bySource(lost).forEach((partition, requests) -> recover(partition, requests, publisher));
    } catch (KafkaException e) {
      notBefore = now + PAUSE.toMillis();
      log.warn("Failed to read the requests of lost workers; retrying: {}", e.toString());
    }
  }

  private static Map<TopicPartition, Map<Long, Running>> bySource(List<Running> lost) {
    Map<TopicPartition, Map<Long, Running>> found = new HashMap<>();
    for (Running running : lost) {
      TopicOffset source = running.started().source().orElseThrow();
      found
          .computeIfAbsent(
              new TopicPartition(source.topic(), source.partition()), _ -> new HashMap<>())
          .put(source.offset(), running);
    }
    return found;
  }

  private void recover(TopicPartition partition, Map<Long, Running> requests, Publisher publisher) {
    Map<Long, Running> left = new HashMap<>(requests);
    past.pick(
        partition,
        requests.keySet(),
        record ->
            Optional.ofNullable(left.remove(record.offset()))
                .ifPresent(running -> publish(running, record, publisher)));
    left.values().forEach(this::gone);
  }

  private void publish(
      Running running, ConsumerRecord<byte[], byte[]> record, Publisher publisher) {
    PoisonRecords.passOver(() -> publishAgain(running, record, publisher), _ -> gone(running));
  }

  private void publishAgain(
      Running running, ConsumerRecord<byte[], byte[]> record, Publisher publisher) {
    InferenceRequest request = RequestCodec.decode(record.value());
    if (!request.id().equals(running.record().request())) {
      gone(running);
      return;
    }
    InferenceRequest again = request.with(after(running, request.routing()));
    publisher.publish(record, RequestCodec.encode(again));
    inFlight.recovered(running);
    meters.recovered();
  }

  /** Whoever takes the copy reads the log back from the request's first event on. */
  private static RoutingMetadata after(Running running, RoutingMetadata routing) {
    RoutingMetadata later = routing.after(running.record().attempt());
    return routing.reply().fromOffset() == ReplyTo.UNKNOWN_OFFSET
        ? later.from(running.firstOffset())
        : later;
  }

  private void gone(Running running) {
    log.warn(
        "Request {} of lost worker {} is no longer in the log at {}",
        running.record().request(),
        running.started().worker(),
        running.started().source().orElseThrow());
    inFlight.recovered(running);
    meters.recoveryFailed();
  }
}
