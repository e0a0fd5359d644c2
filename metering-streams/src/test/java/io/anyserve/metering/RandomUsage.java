package io.anyserve.metering;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * A ledger as aggregators write it that fall behind, stand still for days, read their log again and
 * have garbage of others in between. The same seed makes the same ledger.
 */
final class RandomUsage {

  static final String TOKENS = "test.tokens";
  private static final String USAGE = "test.usage";
  private static final int SOURCES = 3;
  private static final int LONGEST_REPETITION = 100;
  private static final List<Outcome> OUTCOMES = List.of(Outcome.values());

  private final Random random;
  private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
  private final List<LedgerEntry> entries = new ArrayList<>();
  private final List<List<LedgerEntry>> written = new ArrayList<>();
  private final long[] offsets = new long[SOURCES];
  private final Instant[] times = new Instant[SOURCES];
  private final int[] behind = new int[SOURCES];
  private Instant now = Instant.parse("2026-03-01T00:00:00Z");

  private RandomUsage(long seed) {
    random = new Random(seed);
    for (int source = 0; source < SOURCES; source++) {
      written.add(new ArrayList<>());
      times[source] = now;
    }
  }

  static RandomUsage of(long seed, int length) {
    RandomUsage usage = new RandomUsage(seed);
    while (usage.records.size() < length) {
      usage.step();
    }
    return usage;
  }

  List<ConsumerRecord<byte[], byte[]>> records() {
    return records;
  }

  /** Those that are not garbage, repeated ones included. */
  List<LedgerEntry> entries() {
    return entries;
  }

  /** All of them once more, as aggregators write them that begin anew. */
  void again() {
    written.forEach(source -> List.copyOf(source).forEach(this::write));
  }

  private void step() {
    int source = random.nextInt(SOURCES);
    int dice = random.nextInt(100);
    if (dice < 2) {
      again(source);
    } else if (dice < 5) {
      garbage();
    } else {
      advance(source);
      LedgerEntry entry = entry(source);
      written.get(source).add(entry);
      write(entry);
    }
  }

  /** An aggregator reads its log again from somewhere, up to its end. */
  private void again(int source) {
    List<LedgerEntry> all = written.get(source);
    int from = all.size() - random.nextInt(1 + Math.min(all.size(), LONGEST_REPETITION));
    List.copyOf(all.subList(from, all.size())).forEach(this::write);
  }

  private void garbage() {
    byte[] value = new byte[random.nextInt(30)];
    random.nextBytes(value);
    append(new byte[3], value);
  }

  /** Now and then days pass; a source that falls behind catches up later. */
  private void advance(int source) {
    int dice = random.nextInt(1_000);
    now = now.plus(dice < 4 ? Duration.ofDays(random.nextInt(30)) : jump(dice));
    if (behind[source] > 0) {
      behind[source]--;
    } else {
      times[source] = now;
      behind[source] = source > 0 && random.nextInt(50) == 0 ? random.nextInt(50) : 0;
    }
    offsets[source] += 1 + random.nextInt(30);
  }

  private Duration jump(int dice) {
    return dice < 14
        ? Duration.ofHours(random.nextInt(30))
        : Duration.ofMillis(random.nextInt(20_000));
  }

  private LedgerEntry entry(int source) {
    Instant ended = times[source];
    boolean taken = random.nextInt(10) > 0;
    Instant started = ended.minusMillis(random.nextInt(5_000));
    return new LedgerEntry(
        new RequestId(source, offsets[source]),
        context(),
        taken ? new ServedBy("chat", "m" + random.nextInt(2), "w", 1, false) : ServedBy.NOBODY,
        OUTCOMES.get(random.nextInt(OUTCOMES.size())),
        "",
        taken ? new TokenUsage(random.nextInt(50), random.nextInt(50), 0) : TokenUsage.NONE,
        random.nextInt(9),
        new LedgerEntry.Volume(random.nextInt(99), random.nextInt(99)),
        Duration.ofMillis(random.nextInt(99)),
        new LedgerEntry.Times(
            taken ? Optional.of(started) : Optional.empty(),
            taken && random.nextBoolean()
                ? Optional.of(started.plusMillis(random.nextInt(100)))
                : Optional.empty(),
            ended),
        random.nextBoolean() ? new Cost(random.nextInt(999), "v1") : Cost.UNPRICED,
        Optional.of(new TopicOffset(TOKENS, source, offsets[source])));
  }

  private RequestContext context() {
    return new RequestContext(
        new TenantId("t" + random.nextInt(3)),
        new SessionId("s" + random.nextInt(6)),
        "k" + random.nextInt(2),
        new Capability("chat"),
        Map.of(),
        Instant.ofEpochMilli(1),
        false);
  }

  private void write(LedgerEntry entry) {
    entries.add(entry);
    append(entry.request().bytes(), UsageCodec.encode(entry));
  }

  private void append(byte[] key, byte[] value) {
    records.add(
        new ConsumerRecord<>(
            USAGE,
            0,
            records.size(),
            now.toEpochMilli(),
            TimestampType.LOG_APPEND_TIME,
            key.length,
            value.length,
            key,
            value,
            new RecordHeaders(),
            Optional.empty()));
  }
}
