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

/** The accounts as one would write them down first: every line once, added up in maps. */
final class PlainAccounts {

  private final Map<String, Object> accounts = new TreeMap<>();

  private PlainAccounts() {}

  /** By key; without windows that are no longer kept at the end. */
  static Map<String, Object> of(List<LedgerEntry> lines) {
    PlainAccounts plain = new PlainAccounts();
    Set<TopicOffset> seen = new HashSet<>();
    Instant latest = Instant.EPOCH;
    for (LedgerEntry line : lines) {
      if (seen.add(line.source().orElseThrow())) {
        plain.add(line);
        latest = line.times().endedAt().isAfter(latest) ? line.times().endedAt() : latest;
      }
    }
    plain.forget(latest);
    return plain.accounts;
  }

  private void add(LedgerEntry line) {
    TenantId tenant = line.context().tenant();
    UsageTotals added = UsageTotals.of(line);
    accounts.compute(
        AggregateKeys.session(tenant, line.context().session()),
        (_, known) -> known instanceof SessionUsage sum ? sum.plus(line) : SessionUsage.of(line));
    accounts.compute(
        AggregateKeys.tenant(tenant),
        (_, known) ->
            new TenantUsage(
                tenant, known instanceof TenantUsage sum ? sum.totals().plus(added) : added));
    for (WindowGranularity size : WindowGranularity.values()) {
      Instant start = size.startOf(line.times().endedAt());
      for (UsageDimension series : series(line)) {
        UsageWindow window = new UsageWindow(tenant, size, start, series, added);
        accounts.compute(AggregateKeys.window(window), (_, known) -> sum(known, window));
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

  private static List<UsageDimension> series(LedgerEntry line) {
    return List.of(
        new UsageDimension.ByModel(line.servedBy().capability(), line.servedBy().model()),
        new UsageDimension.BySession(line.context().session()),
        new UsageDimension.ByKey(line.context().apiKey()));
  }

  private void forget(Instant latest) {
    accounts
        .values()
        .removeIf(
            account ->
                account instanceof UsageWindow window
                    && window.start().isBefore(Retention.oldest(window.size(), latest)));
  }
}
