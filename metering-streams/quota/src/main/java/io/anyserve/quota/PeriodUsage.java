package io.anyserve.quota;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one tenant, key or session used and holds, in the current period of each length. Not
 * thread-safe.
 */
final class PeriodUsage {

  private final long since;
  private final Map<Period, Span> spans = new EnumMap<>(Period.class);

  /**
   * What lies in a period.
   *
   * @param start milliseconds since the epoch
   */
  record Span(long start, QuotaAmounts used, QuotaAmounts reserved) {

    static final Span NEVER = new Span(Long.MIN_VALUE, QuotaAmounts.NONE, QuotaAmounts.NONE);

    boolean isEmpty() {
      return used.equals(QuotaAmounts.NONE) && reserved.equals(QuotaAmounts.NONE);
    }
  }

  /**
   * Nothing yet.
   *
   * @param since offset of the first reservation that it counts
   */
  PeriodUsage(long since) {
    this.since = since;
  }

  PeriodUsage(long since, List<Span> spans) {
    this(since);
    for (Period period : Period.values()) {
      put(period, spans.get(this.spans.size()));
    }
  }

  private void put(Period period, Span span) {
    spans.put(period, span);
  }

  private Span latest(Period period) {
    return spans.getOrDefault(period, Span.NEVER);
  }

  long since() {
    return since;
  }

  /** In the order of {@link Period}. */
  List<Span> spans() {
    return Arrays.stream(Period.values()).map(this::latest).toList();
  }

  /** The period that the time is in; an empty one where it has just begun. */
  Span at(Period period, long time) {
    Span span = latest(period);
    long start = period.startOf(time);
    return span.start() == start ? span : new Span(start, QuotaAmounts.NONE, QuotaAmounts.NONE);
  }

  void reserve(long time, QuotaAmounts amounts) {
    for (Period period : Period.values()) {
      Span span = at(period, time);
      put(period, new Span(span.start(), span.used(), span.reserved().plus(amounts)));
    }
  }

  /** Something that was reserved at that time was used, in part or more than that. */
  void settle(long reservedAt, QuotaAmounts reserved, QuotaAmounts used) {
    for (Period period : Period.values()) {
      Span span = latest(period);
      if (span.start() == period.startOf(reservedAt)) {
        put(
            period,
            new Span(span.start(), span.used().plus(used), span.reserved().minus(reserved)));
      }
    }
  }

  /** Nothing in any period that still goes on. */
  boolean isOver(long time) {
    return Arrays.stream(Period.values()).allMatch(period -> at(period, time).isEmpty());
  }

  LimitStatus state(QuotaScope scope, QuotaLimit limit, long time) {
    Span span = at(limit.period(), time);
    return new LimitStatus(
        scope,
        limit,
        span.used().of(limit.unit()),
        span.reserved().of(limit.unit()),
        limit.period().endOf(time));
  }
}
