package io.anyserve.contracts.event;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The amounts of usage that add up, in the order and with the names that they have in protobuf,
 * JSON and CSV. The latencies of {@link UsageTotals}, which are histograms, are not among them.
 */
public enum UsageField {
  FINISHED,
  FAILED,
  CANCELLED,
  PROMPT_TOKENS,
  COMPLETION_TOKENS,
  CACHED_TOKENS,
  CHUNKS,
  BYTES_IN,
  BYTES_OUT,
  ENGINE_MICROS,
  COST_MICROS,
  UNPRICED;

  public static final Set<UsageField> ALL =
      Collections.unmodifiableSet(EnumSet.allOf(UsageField.class));

  /** The amounts of one ledger entry: all but the counts of requests. */
  public static final Set<UsageField> OF_ENTRY =
      Collections.unmodifiableSet(EnumSet.range(PROMPT_TOKENS, COST_MICROS));

  private final String wireName = name().toLowerCase(Locale.ROOT);

  public long of(UsageTotals totals) {
    return switch (this) {
      case FINISHED -> totals.finished();
      case FAILED -> totals.failed();
      case CANCELLED -> totals.cancelled();
      case PROMPT_TOKENS -> totals.usage().prompt();
      case COMPLETION_TOKENS -> totals.usage().completion();
      case CACHED_TOKENS -> totals.usage().cached();
      case CHUNKS -> totals.chunks();
      case BYTES_IN -> totals.volume().in();
      case BYTES_OUT -> totals.volume().out();
      case ENGINE_MICROS -> TimeUnit.MICROSECONDS.convert(totals.engineTime());
      case COST_MICROS -> totals.costMicros();
      case UNPRICED -> totals.unpriced();
    };
  }

  /** The name in protobuf, JSON and CSV. */
  public String wireName() {
    return wireName;
  }
}
