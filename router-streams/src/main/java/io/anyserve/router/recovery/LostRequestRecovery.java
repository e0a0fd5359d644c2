package io.anyserve.router.recovery;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.router.connection.SupersededAttempt;
import io.anyserve.router.connection.WorkerConnections;
import io.anyserve.router.recovery.TrackedRequest.Running;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.runtime.kafka.PoisonRecords;
import io.anyserve.runtime.kafka.SeekableLogReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the requests of lost workers, and contested ones, again: each attempt once, to the
 * partition that it was taken from, so that the next delivery is a higher attempt. A false alarm
 * costs work but nothing else, as the log fences the lower attempt. The recovery's thread owns it.
 */
public final class LostRequestRecovery {

  /** Between two checks while nothing is about to be lost. */
  public static final Duration INTERVAL = Duration.ofMillis(500);

  /** While a worker has gone a short while ago. */
  static final Duration SHORT_INTERVAL = Duration.ofMillis(100);

  /** While the last events of a lost worker are not applied yet. */
  static final Duration CATCH_UP_INTERVAL = Duration.ofMillis(10);

  /** A check that comes so late says that this router stood still. */
  static final Duration STOOD_STILL = INTERVAL.multipliedBy(2);

  /** For a contested request: the current execution may be about to end it. */
  static final Duration CONTESTED_KEPT = Duration.ofSeconds(5);

  /** After the log could not be read or written. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** The most requests of one check, so that deaths are noticed in between. */
  static final int MOST = 5_000;

  private static final Logger log = LoggerFactory.getLogger(LostRequestRecovery.class);

  private final InFlightIndex inFlight;
  private final WorkerConnections connections;
  private final SeekableLogReader past;
  private final RequestCopies copies;
  private final RouterMetrics meters;
  private final HeartbeatWatch heartbeats;
  private final CatchUp catchUp;
  private boolean behind;
  private long lastCheck;
  private long notBefore;

  /** A request of a partition of {@code tokens}. */
  private record Lost(InFlightRequests partition, Running running) {

    WorkerId worker() {
      return running.started().worker();
    }

    SupersededAttempt attempt() {
      return new SupersededAttempt(running.record().request(), running.record().attempt());
    }
  }

  /** One that is on its way to the log. */
  private record Copy(Lost of, RequestCopies.Receipt receipt) {}

  /**
   * @param tokens the topic
   */
  public LostRequestRecovery(
      String tokens,
      InFlightIndex inFlight,
      WorkerConnections connections,
      SeekableLogReader past,
      RequestCopies copies,
      RouterMetrics meters) {
    this.inFlight = inFlight;
    this.connections = connections;
    this.past = past;
    this.copies = copies;
    this.meters = meters;
    this.heartbeats = new HeartbeatWatch(inFlight, connections);
    this.catchUp = new CatchUp(tokens, past);
  }

  /**
   * Publishes again what is lost by now. A router that stood still itself hears everybody first.
   *
   * @param now milliseconds since the epoch, by the router's clock
   */
  public void check(long now) {
    heartbeats.begin(now);
    catchUp.begin();
    if (now - lastCheck > STOOD_STILL.toMillis()) {
      connections.stoodStill(now);
      heartbeats.stoodStill();
    }
    lastCheck = now;
    behind = false;
    connections.forget(now);
    try {
      List<Lost> lost = lost(now);
      if (!lost.isEmpty() && now >= notBefore) {
        recover(lost, now);
      }
    } catch (KafkaException e) {
      notBefore = now + PAUSE.toMillis();
      log.warn("Failed to republish the requests of lost workers; retrying: {}", e.toString());
    }
  }

  /** How long the next check can wait unless a worker connects or leaves. */
  public Duration untilNextCheck(long now) {
    if (behind) {
      return CATCH_UP_INTERVAL;
    }
    Duration usual = connections.anybodyGone() && !inFlight.idle() ? SHORT_INTERVAL : INTERVAL;
    return Duration.ofMillis(Math.min(usual.toMillis(), connections.untilNextLoss(now)));
  }

  private List<Lost> lost(long now) {
    List<Lost> found = new ArrayList<>();
    inFlight.forEach(
        (partition, requests) ->
            requests.running(LostRequestRecovery::recoverable).stream()
                .filter(running -> lost(running, partition, requests, now))
                .limit(Math.max(0, MOST - found.size()))
                .forEach(running -> found.add(new Lost(requests, running))));
    return found;
  }

  private static boolean recoverable(Running running) {
    return !running.recovered() && running.started().source().isPresent();
  }

  private boolean lost(Running running, int partition, InFlightRequests requests, long now) {
    WorkerId worker = running.started().worker();
    boolean silent = heartbeats.lost(running, now);
    boolean lost =
        silent || connections.lost(worker, running.seenAt(), now) || contested(running, now);
    if ((!lost && !connections.reconnecting(worker, now)) || now < notBefore) {
      return false;
    }
    boolean caughtUp = catchUp.done(worker, partition, requests, now);
    behind |= lost && !caughtUp;
    return lost && caughtUp;
  }

  /** Two executions wrote at once, and after a while the request has still not ended. */
  private static boolean contested(Running running, long now) {
    return running.contestedAt() > 0 && now - running.contestedAt() >= CONTESTED_KEPT.toMillis();
  }

  private void recover(List<Lost> lost, long now) {
    log.warn(
        "Republishing {} requests of lost or contested workers {}",
        lost.size(),
        lost.stream().map(Lost::worker).collect(Collectors.toSet()));
    List<Copy> begun = new ArrayList<>();
    try {
      bySource(lost).forEach((partition, requests) -> publish(partition, requests, now, begun));
    } finally {
      confirm(begun, now);
    }
  }

  private static Map<TopicPartition, Map<Long, Lost>> bySource(List<Lost> lost) {
    Map<TopicPartition, Map<Long, Lost>> found = new HashMap<>();
    for (Lost one : lost) {
      TopicOffset source = one.running().started().source().orElseThrow();
      found
          .computeIfAbsent(
              new TopicPartition(source.topic(), source.partition()), _ -> new HashMap<>())
          .put(source.offset(), one);
    }
    return found;
  }

  private void publish(
      TopicPartition partition, Map<Long, Lost> requests, long now, List<Copy> begun) {
    Map<Long, Lost> left = new HashMap<>(requests);
    past.pick(
        partition,
        requests.keySet(),
        record ->
            Optional.ofNullable(left.remove(record.offset()))
                .flatMap(lost -> publish(lost, record, now))
                .ifPresent(begun::add));
    left.values().forEach(this::gone);
  }

  private Optional<Copy> publish(Lost lost, ConsumerRecord<byte[], byte[]> record, long now) {
    Optional<byte[]> again =
        PoisonRecords.orElse(() -> nextAttempt(lost.running(), record), _ -> Optional.empty());
    if (again.isEmpty()) {
      gone(lost);
    }
    return again.map(value -> new Copy(lost, copies.publish(record, value, now)));
  }

  /** Empty where another request lies there. */
  private static Optional<byte[]> nextAttempt(
      Running running, ConsumerRecord<byte[], byte[]> record) {
    InferenceRequest request = RequestCodec.decode(record.value());
    return Optional.of(request)
        .filter(found -> found.id().equals(running.record().request()))
        .map(InferenceRequest::routing)
        .map(routing -> routing.after(running.record().attempt(), running.firstOffset()))
        .map(routing -> RequestCodec.encode(request.with(routing), record.value()));
  }

  /** Waits for the log, and tells the workers what goes on elsewhere. */
  private void confirm(List<Copy> begun, long now) {
    List<Lost> written = new ArrayList<>();
    begun.stream().filter(copy -> written(copy, now)).map(Copy::of).forEach(written::add);
    written.stream()
        .collect(groupingBy(Lost::worker, mapping(Lost::attempt, toList())))
        .forEach((worker, attempts) -> connections.republished(worker, attempts, now));
  }

  private boolean written(Copy copy, long now) {
    try {
      copy.receipt().await();
    } catch (KafkaException e) {
      notBefore = now + PAUSE.toMillis();
      log.warn(
          "Failed to republish request {}; retrying: {}",
          copy.of().running().record().request(),
          e.toString());
      return false;
    }
    copy.of().partition().recovered(copy.of().running());
    meters.recovered();
    return true;
  }

  private void gone(Lost lost) {
    Running running = lost.running();
    log.warn(
        "Request {} of lost worker {} is no longer in the log at {}",
        running.record().request(),
        lost.worker(),
        running.started().source().orElseThrow());
    lost.partition().recovered(running);
    meters.recoveryFailed();
  }
}
