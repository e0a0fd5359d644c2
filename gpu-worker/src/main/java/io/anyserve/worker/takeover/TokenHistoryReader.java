package io.anyserve.worker.takeover;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.worker.publish.EventStreamWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads back what was written of requests: what earlier attempts wrote, up to the Started that
 * fences them off, or all of it, to see who goes on. Claims that come while a read is under way
 * share the next one. Thread-safe; blocks.
 */
public final class TokenHistoryReader implements AutoCloseable {

  /** How much earlier than the request's record its events could lie, by the broker's clocks. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  private static final Instant OLDEST = Instant.EPOCH.plus(SLACK);

  private final String topic;
  private final Supplier<PartitionRangeReader> ranges;
  private final Queue<HistoryRequest> claims = new ConcurrentLinkedQueue<>();
  private final ReentrantLock reading = new ReentrantLock();
  private @Nullable PartitionRangeReader range;

  /**
   * @param ranges opens the way to the log, once
   */
  public TokenHistoryReader(TopicNames topics, Supplier<PartitionRangeReader> ranges) {
    this.topic = topics.tokens();
    this.ranges = ranges;
  }

  /**
   * A request to read back.
   *
   * @param requestedAt no event of the request is older, by the log's clock
   * @param last the offset up to which it is read: that of the execution's own Started, or {@link
   *     #NOW}
   */
  record HistoryRequest(
      RequestId request,
      long executionId,
      ReplyTo reply,
      Instant requestedAt,
      long last,
      CompletableFuture<TokenHistory> found) {

    /** Stands for the last record that is written when the read begins. */
    private static final long NOW = Long.MAX_VALUE;

    /** As far as the log goes. */
    static HistoryRequest untilNow(EventStreamWriter stream, Instant requestedAt) {
      return upTo(NOW, stream, requestedAt);
    }

    /** Up to the execution's own Started. */
    static HistoryRequest upTo(long last, EventStreamWriter stream, Instant requestedAt) {
      InferenceRequest request = stream.request();
      return new HistoryRequest(
          request.id(),
          stream.executionId(),
          request.routing().reply(),
          requestedAt,
          last,
          new CompletableFuture<>());
    }
  }

  /** What became of the request up to there; blocks while the log is read. */
  TokenHistory readBack(HistoryRequest claim) {
    claims.add(claim);
    reading.lock();
    try {
      if (!claim.found().isDone()) {
        readAll();
      }
    } finally {
      reading.unlock();
    }
    return claim.found().join();
  }

  private void readAll() {
    List<HistoryRequest> next = new ArrayList<>();
    for (HistoryRequest claim = claims.poll(); claim != null; claim = claims.poll()) {
      next.add(claim);
    }
    next.stream()
        .collect(Collectors.groupingBy(claim -> claim.reply().partition()))
        .forEach(this::read);
  }

  private void read(int number, List<HistoryRequest> together) {
    var partition = new TopicPartition(topic, number);
    Map<RequestId, List<TokenHistory>> found = new HashMap<>();
    Map<HistoryRequest, TokenHistory> answers = new HashMap<>();
    for (HistoryRequest claim : together) {
      TokenHistory answer = new TokenHistory(claim.executionId(), claim.last());
      answers.put(claim, answer);
      found.computeIfAbsent(claim.request(), _ -> new ArrayList<>()).add(answer);
    }
    try {
      PartitionRangeReader log = range();
      long from = together.stream().mapToLong(claim -> from(log, partition, claim)).min().orElse(0);
      log.read(partition, from, end(log, partition, together), record -> apply(record, found));
      answers.forEach((claim, answer) -> claim.found().complete(answer));
    } catch (RuntimeException | Error e) {
      together.forEach(claim -> claim.found().completeExceptionally(e));
      forgetRange();
    }
  }

  private static long from(
      PartitionRangeReader log, TopicPartition partition, HistoryRequest claim) {
    long known = claim.reply().fromOffset();
    long from =
        known == ReplyTo.UNKNOWN_OFFSET
            ? log.offsetAt(partition, sinceThen(claim.requestedAt()))
            : known;
    return Math.min(from, claim.last());
  }

  /** Logs do not go back beyond 1970. */
  private static Instant sinceThen(Instant requestedAt) {
    return requestedAt.isBefore(OLDEST) ? Instant.EPOCH : requestedAt.minus(SLACK);
  }

  private static long end(
      PartitionRangeReader log, TopicPartition partition, List<HistoryRequest> together) {
    long last = together.stream().mapToLong(HistoryRequest::last).max().orElse(0);
    return last == HistoryRequest.NOW ? log.end(partition) : last + 1;
  }

  private static void apply(
      ConsumerRecord<byte[], byte[]> record, Map<RequestId, List<TokenHistory>> found) {
    try {
      for (TokenRecord event :
          TokenCodec.decodeAll(record.key(), record.value(), found::containsKey)) {
        found
            .getOrDefault(event.request(), List.of())
            .forEach(one -> one.apply(record.offset(), event));
      }
    } catch (RuntimeException e) {
      // not an event of any attempt
    }
  }

  private PartitionRangeReader range() {
    PartitionRangeReader open = range == null ? ranges.get() : range;
    range = open;
    return open;
  }

  private void forgetRange() {
    PartitionRangeReader old = range;
    range = null;
    if (old != null) {
      old.close();
    }
  }

  @Override
  public void close() {
    reading.lock();
    try {
      forgetRange();
    } finally {
      reading.unlock();
    }
  }
}
