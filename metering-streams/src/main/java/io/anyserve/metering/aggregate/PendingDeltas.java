package io.anyserve.metering.aggregate;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageDimension.ByKey;
import io.anyserve.contracts.event.UsageDimension.ByModel;
import io.anyserve.contracts.event.UsageDimension.BySession;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What entries added since the last time that somebody asked. An entry is added to three minutes
 * only; hours, days and tenants are the sums of those. Owned by the thread of its task.
 */
final class PendingDeltas {

  private record Window(
      TenantId tenant, WindowGranularity size, Instant start, UsageDimension series) {

    Window within(WindowGranularity larger) {
      return new Window(tenant, larger, larger.startOf(start), series);
    }
  }

  private record Session(TenantId tenant, SessionId session) {}

  private final Map<Session, SessionUsage> sessions = new HashMap<>();
  private final Map<Window, MutableTotals> minutes = new HashMap<>();

  void add(LedgerEntry entry) {
    TenantId tenant = entry.context().tenant();
    SessionId session = entry.context().session();
    sessions.compute(
        new Session(tenant, session),
        (_, known) -> known == null ? SessionUsage.of(entry) : known.plus(entry));
    Instant minute = WindowGranularity.MINUTE.startOf(entry.times().endedAt());
    add(entry, minute, new ByModel(entry.servedBy().capability(), entry.servedBy().model()));
    add(entry, minute, new BySession(session));
    add(entry, minute, new ByKey(entry.context().apiKey()));
  }

  private void add(LedgerEntry entry, Instant minute, UsageDimension series) {
    var window = new Window(entry.context().tenant(), WindowGranularity.MINUTE, minute, series);
    minutes.computeIfAbsent(window, _ -> new MutableTotals()).add(entry);
  }

  /**
   * Without windows that are too old to be kept.
   *
   * @param latest the end of the latest request so far
   */
  Deltas take(Instant latest) {
    List<UsageWindow> windows = new ArrayList<>();
    for (WindowGranularity size : WindowGranularity.values()) {
      Instant oldest = Retention.oldest(size, latest);
      rolledUp(size)
          .forEach(
              (window, sums) -> {
                if (!window.start().isBefore(oldest)) {
                  windows.add(totals(window, sums));
                }
              });
    }
    var changes = new Deltas(List.copyOf(sessions.values()), tenants(), windows);
    sessions.clear();
    minutes.clear();
    return changes;
  }

  private Map<Window, MutableTotals> rolledUp(WindowGranularity size) {
    if (size == WindowGranularity.MINUTE) {
      return minutes;
    }
    Map<Window, MutableTotals> larger = new HashMap<>();
    minutes.forEach(
        (minute, sums) ->
            larger.computeIfAbsent(minute.within(size), _ -> new MutableTotals()).add(sums));
    return larger;
  }

  private List<TenantUsage> tenants() {
    Map<TenantId, MutableTotals> tenants = new HashMap<>();
    minutes.forEach(
        (minute, sums) -> {
          if (minute.series() instanceof ByModel) {
            tenants.computeIfAbsent(minute.tenant(), _ -> new MutableTotals()).add(sums);
          }
        });
    return tenants.entrySet().stream()
        .map(entry -> new TenantUsage(entry.getKey(), entry.getValue().totals()))
        .toList();
  }

  private static UsageWindow totals(Window window, MutableTotals sums) {
    return new UsageWindow(
        window.tenant(), window.size(), window.start(), window.series(), sums.totals());
  }
}
