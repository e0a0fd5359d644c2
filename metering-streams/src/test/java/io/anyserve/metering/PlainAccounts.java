package io.anyserve.metering;

import io.anyserve.contracts.LogPosition;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageLine;
import io.anyserve.contracts.event.UsageSeries;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowSize;
import io.anyserve.metering.accounts.AccountKeys;
import io.anyserve.metering.accounts.Retention;
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
  static Map<String, Object> of(List<UsageLine> lines) {
    PlainAccounts plain = new PlainAccounts();
    Set<LogPosition> seen = new HashSet<>();
    Instant latest = Instant.EPOCH;
    for (UsageLine line : lines) {
      if (seen.add(line.source().orElseThrow())) {
        plain.add(line);
        latest = line.times().endedAt().isAfter(latest) ? line.times().endedAt() : latest;
      }
    }
    plain.forget(latest);
    return plain.accounts;
  }

  private void add(UsageLine line) {
    TenantId tenant = line.context().tenant();
    UsageTotals added = UsageTotals.of(line);
    accounts.compute(
        AccountKeys.session(tenant, line.context().session()),
        (_, known) -> known instanceof SessionUsage sum ? sum.plus(line) : SessionUsage.of(line));
    accounts.compute(
        AccountKeys.tenant(tenant),
        (_, known) ->
            new TenantUsage(
                tenant, known instanceof TenantUsage sum ? sum.totals().plus(added) : added));
    for (WindowSize size : WindowSize.values()) {
      Instant start = size.startOf(line.times().endedAt());
      for (UsageSeries series : series(line)) {
        UsageWindow window = new UsageWindow(tenant, size, start, series, added);
        accounts.compute(AccountKeys.window(window), (_, known) -> sum(known, window));
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

  private static List<UsageSeries> series(UsageLine line) {
    return List.of(
        new UsageSeries.ByModel(line.answerer().capability(), line.answerer().model()),
        new UsageSeries.BySession(line.context().session()),
        new UsageSeries.ByKey(line.context().apiKey()));
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
