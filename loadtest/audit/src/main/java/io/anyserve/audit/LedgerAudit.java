package io.anyserve.audit;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerDeduplicator;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Compares the ledger with the token events that it is derived from, by a fold of its own, and the
 * sums with the ledger. May run beside live traffic. Not thread-safe.
 */
public final class LedgerAudit implements AutoCloseable {

  private static final long PAUSE_NANOS = 200_000_000;

  /** Until then a line of now must have come, and be in the sums. */
  private static final Duration LAG = Duration.ofSeconds(10);

  /**
   * Requests that ended within.
   *
   * @param from inclusive
   * @param to exclusive
   */
  public record Range(Instant from, Instant to) {

    boolean contains(Instant time) {
      return !time.isBefore(from) && time.isBefore(to);
    }
  }

  private final Range range;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final LoggedRequests tokens = new LoggedRequests();
  private final LedgerDeduplicator repeats = new LedgerDeduplicator();
  private final Map<RequestId, List<LedgerEntry>> lines = new HashMap<>();
  private final Map<Integer, Instant> oldestLines = new HashMap<>();
  private final List<String> malformed = new ArrayList<>();
  private final PublishedAggregates told = new PublishedAggregates();
  private final AggregateChecks sums = new AggregateChecks(told);
  private final TopicTail tokenTail;
  private final TopicTail lineTail;
  private final List<TopicTail> tails;
  private long repeated;

  public LedgerAudit(
      KafkaClients kafka, TopicNames topics, Range range, InstantSource clock, LongSupplier nanos) {
    this.range = range;
    this.clock = clock;
    this.nanos = nanos;
    tokenTail = new TopicTail(kafka, topics.tokens(), true, tokens::add);
    lineTail = new TopicTail(kafka, topics.usage(), true, reading(this::entry));
    tails =
        List.of(
            new TopicTail(kafka, topics.sessionUsage(), true, reading(told::session)),
            new TopicTail(kafka, topics.tenantUsage(), true, reading(told::tenant)),
            new TopicTail(kafka, topics.usageWindows(), true, reading(told::window)),
            tokenTail,
            lineTail);
  }

  /**
   * Reads until everything agrees, or nothing has come for as long as the patience; while there is
   * traffic at most ten times as long.
   */
  public AuditReport audit(Duration patience) {
    long begin = nanos.getAsLong();
    long quietSince = begin;
    while (true) {
      int news = tails.stream().mapToInt(TopicTail::drain).sum();
      AuditReport report = report();
      long now = nanos.getAsLong();
      quietSince = news > 0 ? now : quietSince;
      boolean over =
          now - quietSince >= patience.toNanos() || now - begin >= 10 * patience.toNanos();
      if (over || report.agrees()) {
        return report;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reading(
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    return record -> {
      try {
        reader.accept(record);
      } catch (MalformedRecordException e) {
        malformed.add(
            "%s-%d@%d: %s"
                .formatted(record.topic(), record.partition(), record.offset(), e.getMessage()));
      }
    };
  }

  private void entry(ConsumerRecord<byte[], byte[]> record) {
    oldestLines.putIfAbsent(record.partition(), Instant.ofEpochMilli(record.timestamp()));
    LedgerEntry entry = UsageCodec.decodeEntry(record.value());
    if (repeats.repeated(record.partition(), entry)) {
      repeated++;
      return;
    }
    sums.add(entry);
    if (range.contains(entry.times().endedAt())) {
      lines.computeIfAbsent(entry.request(), _ -> new ArrayList<>(1)).add(entry);
    }
  }

  private AuditReport report() {
    AuditReport.Draft draft = new AuditReport.Draft(range);
    malformed.forEach(draft::malformed);
    requests(draft);
    draft.sums(sums.matches(limits()));
    return draft.report(repeated);
  }

  private void requests(AuditReport.Draft draft) {
    Set<Integer> cut = tokenTail.cut();
    TopicContents content = new TopicContents();
    tokens.ended(range.from(), range.to()).forEach(content::add);
    long unknown = 0;
    for (List<LedgerEntry> ofRequest : lines.values()) {
      LedgerEntry first = ofRequest.getFirst();
      if (tokens.covers(first, cut)) {
        tokens.find(first.request()).ifPresent(fold -> content.add(first.request(), fold));
        ofRequest.forEach(content::add);
      } else {
        content.requests().remove(first.request());
        unknown++;
      }
    }
    List<Violation> findings = new ArrayList<>();
    new LedgerInvariants(content, Map.of(), findings).check();
    draft.requests(content.requests().size(), findings, unknown);
  }

  private AggregateChecks.Limits limits() {
    Instant since = Instant.MIN;
    for (int partition : lineTail.cut()) {
      @Nullable Instant oldest = oldestLines.get(partition);
      Instant from = oldest == null ? Instant.MAX : oldest;
      since = from.isAfter(since) ? from : since;
    }
    Instant now = clock.instant();
    return new AggregateChecks.Limits(since, now.minus(LAG), now);
  }

  @Override
  public void close() {
    tails.forEach(TopicTail::close);
  }
}
