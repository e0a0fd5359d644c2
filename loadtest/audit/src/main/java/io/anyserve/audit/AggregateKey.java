package io.anyserve.audit;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageDimension.ByKey;
import io.anyserve.contracts.event.UsageDimension.ByModel;
import io.anyserve.contracts.event.UsageDimension.BySession;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What lines are summed by. */
public sealed interface AggregateKey {

  /** The totals of a session. */
  record OfSession(TenantId tenant, SessionId session) implements AggregateKey {

    @Override
    public String toString() {
      return "session " + tenant + "/" + session;
    }
  }

  /** The totals of a tenant. */
  record OfTenant(TenantId tenant) implements AggregateKey {

    @Override
    public String toString() {
      return "tenant " + tenant;
    }
  }

  /** A window of a series. */
  record OfWindow(TenantId tenant, WindowGranularity size, Instant start, UsageDimension series)
      implements AggregateKey {

    static OfWindow of(UsageWindow window) {
      return new OfWindow(window.tenant(), window.size(), window.start(), window.series());
    }

    Instant end() {
      return start.plus(size.length());
    }

    @Override
    public String toString() {
      return "window " + tenant + "/" + size + "/" + start + "/" + series;
    }
  }

  /** Everything that the line is part of. */
  static List<AggregateKey> of(LedgerEntry entry) {
    TenantId tenant = entry.context().tenant();
    List<AggregateKey> keys = new ArrayList<>();
    keys.add(new OfSession(tenant, entry.context().session()));
    keys.add(new OfTenant(tenant));
    for (WindowGranularity size : WindowGranularity.values()) {
      Instant start = size.startOf(entry.times().endedAt());
      keys.add(new OfWindow(tenant, size, start, new BySession(entry.context().session())));
      keys.add(new OfWindow(tenant, size, start, new ByKey(entry.context().apiKey())));
      keys.add(
          new OfWindow(
              tenant,
              size,
              start,
              new ByModel(entry.servedBy().capability(), entry.servedBy().model())));
    }
    return keys;
  }
}
