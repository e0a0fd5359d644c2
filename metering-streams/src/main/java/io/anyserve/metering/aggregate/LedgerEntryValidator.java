package io.anyserve.metering.aggregate;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.topic.TenantPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one partition of {@code usage} and accepts only what metering itself can
 * have written: anybody may write to a topic, and a sum that took a wrong number in is wrong for
 * good. What it decides depends on the record alone. Immutable.
 *
 * @param tokens the topic that entries come from
 * @param partition of {@code usage}
 * @param partitions that {@code usage} has
 */
public record LedgerEntryValidator(String tokens, int partition, int partitions) {

  /** The CloudEvents type of a ledger entry. */
  public static final String TYPE = "io.anyserve.usage.v1";

  private static final Duration AHEAD = Duration.ofDays(1);
  private static final int MOST_PARTITIONS = 1 << 20;

  /**
   * Reads an entry, or says why it is none.
   *
   * @param appended when the log took the record, milliseconds since the epoch
   * @throws MalformedRecordException with the reason
   */
  public LedgerEntry read(Headers headers, byte @Nullable [] value, long appended) {
    try {
      checkType(headers.lastHeader("ce_type"));
      LedgerEntry entry = UsageCodec.decodeEntry(value);
      check(entry, Instant.ofEpochMilli(Math.max(0, appended)).plus(AHEAD));
      return entry;
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException("ledger entry: " + e.getMessage());
    }
  }

  private static void checkType(@Nullable Header type) {
    if (type != null && type.value() != null) {
      String found = new String(type.value(), StandardCharsets.UTF_8);
      require(found.equals(TYPE), "ce_type", found, TYPE);
    }
  }

  private void check(LedgerEntry entry, Instant latest) {
    TopicOffset source =
        entry
            .source()
            .orElseThrow(
                () -> new IllegalArgumentException("source: not set (expected: of its end)"));
    require(source.topic().equals(tokens), "source", source.topic(), tokens);
    require(source.partition() < MOST_PARTITIONS, "source", source.partition(), "a partition");
    int right = TenantPartition.of(entry.context().tenant(), partitions);
    require(partition == right, "partition", partition, Integer.toString(right));
    checkAnswerer(entry);
    checkCounts(entry);
    checkTime("ended_at", entry.times().endedAt(), latest);
    entry.times().startedAt().ifPresent(at -> checkTime("started_at", at, latest));
    entry.times().firstTokenAt().ifPresent(at -> checkTime("first_token_at", at, latest));
  }

  /** Names are parts of keys. */
  private static void checkAnswerer(LedgerEntry entry) {
    String capability = entry.servedBy().capability();
    if (!capability.isEmpty()) {
      var _ = new Capability(capability);
    }
    SanityBounds.length("model", entry.servedBy().model());
    SanityBounds.length("api_key", entry.context().apiKey());
  }

  private static void checkCounts(LedgerEntry entry) {
    SanityBounds.count("prompt_tokens", entry.usage().prompt(), SanityBounds.MOST_TOKENS);
    SanityBounds.count("completion_tokens", entry.usage().completion(), SanityBounds.MOST_TOKENS);
    SanityBounds.count("chunks", entry.chunks(), SanityBounds.MOST_TOKENS);
    SanityBounds.count("bytes_in", entry.volume().in(), SanityBounds.MOST_BYTES);
    SanityBounds.count("bytes_out", entry.volume().out(), SanityBounds.MOST_BYTES);
    SanityBounds.count("cost_micros", entry.cost().micros(), Cost.MOST);
    SanityBounds.count("attempts", entry.servedBy().attempts(), Integer.MAX_VALUE);
    SanityBounds.engineTime(entry.engineTime());
  }

  private static void checkTime(String name, Instant at, Instant latest) {
    require(!at.isBefore(Instant.EPOCH), name, at, "from 1970 on");
    require(!at.isAfter(latest), name, at, "at most " + latest);
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
