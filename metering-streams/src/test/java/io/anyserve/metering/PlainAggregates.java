package io.anyserve.metering;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.metering.aggregate.AggregateKeys;
import io.anyserve.metering.aggregate.Retention;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The aggregates as one would write them down first: every entry once, added up in maps. */
final class PlainAggregates {

  private final Map<String, Object> aggregates = new TreeMap<>();

  private PlainAggregates() {}

  /** By key; without windows that are no longer kept at the end. */
  static Map<String, Object> of(List<LedgerEntry> entries) {
    PlainAggregates plain = new PlainAggregates();
    Set<TopicOffset> seen = new HashSet<>();
    Instant latest = Instant.EPOCH;
    for (LedgerEntry entry : entries) {
      if (seen.add(entry.source().orElseThrow())) {
        plain.add(entry);
        latest = entry.times().endedAt().isAfter(latest) ? entry.times().endedAt() : latest;
      }
    }
    plain.forget(latest);
    return plain.aggregates;
  }

  private void add(LedgerEntry entry) {
    TenantId tenant = entry.context().tenant();
    UsageTotals added = UsageTotals.of(entry);
    aggregates.compute(
        AggregateKeys.session(tenant, entry.context().session()),
        (_, known) -> known instanceof SessionUsage sum ? sum.plus(entry) : SessionUsage.of(entry));
    aggregates.compute(
        AggregateKeys.tenant(tenant),
        (_, known) ->
            new TenantUsage(
                tenant, known instanceof TenantUsage sum ? sum.totals().plus(added) : added));
    for (WindowGranularity size : WindowGranularity.values()) {
      Instant start = size.startOf(entry.times().endedAt());
      for (UsageDimension series : series(entry)) {
        UsageWindow window = new UsageWindow(tenant, size, start, series, added);
        aggregates.compute(AggregateKeys.window(window), (_, known) -> sum(known, window));
      }
    }
  }

  private static UsageWindow sum(
      @org.jspecify.annotations.Nullable Object known, UsageWindow added) {
    return known instanceof UsageWindow sum
        ? new UsageWindow(
            sum.tenant(), sum.size(), sum.start(), sum.series(), sum.totals().plus(added.totals()))
        : added;
  }

  private static List<UsageDimension> series(LedgerEntry entry) {
    return List.of(
        new UsageDimension.ByModel(entry.servedBy().capability(), entry.servedBy().model()),
        new UsageDimension.BySession(entry.context().session()),
        new UsageDimension.ByKey(entry.context().apiKey()));
  }

  private void forget(Instant latest) {
    aggregates
        .values()
        .removeIf(
            aggregate ->
                aggregate instanceof UsageWindow window
                    && window.start().isBefore(Retention.oldest(window.size(), latest)));
  }
}
