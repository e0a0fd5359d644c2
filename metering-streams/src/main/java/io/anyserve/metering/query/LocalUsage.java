package io.anyserve.metering.query;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.metering.store.UsageStore;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Answers out of what this instance has counted. */
public record LocalUsage(UsageStore store, LiveFeed live) implements UsageSource {

  @Override
  public Optional<SessionUsage> session(TenantId tenant, SessionId session) {
    return store.session(tenant, session);
  }

  @Override
  public UsageTotals totals(TenantScope scope) {
    return tenants(scope).stream()
        .map(store::tenant)
        .flatMap(Optional::stream)
        .map(TenantUsage::totals)
        .reduce(UsageTotals.NONE, UsageTotals::plus);
  }

  @Override
  public WindowTable windows(WindowQuery query) {
    return WindowTable.of(
        query.mostSeries(),
        sink ->
            each(
                query.scope(),
                query.size(),
                query.range(),
                query.selection(),
                (name, window) -> sink.add(name, window.start(), window.totals())));
  }

  @Override
  public TopTable top(TopQuery query) {
    return TopTable.of(
        query.measure(),
        query.limit(),
        sink ->
            each(
                query.scope(),
                query.size(),
                query.range(),
                query.selection(),
                (name, window) -> sink.accept(name, window.totals())));
  }

  private void each(
      TenantScope scope,
      WindowGranularity size,
      TimeRange range,
      Selection selection,
      BiConsumer<SeriesName, UsageWindow> consumer) {
    boolean one = scope instanceof TenantScope.Of;
    for (TenantId tenant : tenants(scope)) {
      store.windows(
          tenant,
          size,
          range.from(),
          range.to(),
          window -> {
            if (selection.takes(window.series())) {
              consumer.accept(SeriesName.of(window, selection.by(), one), window);
            }
          });
    }
  }

  private List<TenantId> tenants(TenantScope scope) {
    return switch (scope) {
      case TenantScope.Of(TenantId tenant) -> List.of(tenant);
      case TenantScope.All() -> store.tenants();
    };
  }

  @Override
  public UsageStore.Subscription watch(TenantScope scope, UpdateListener<LiveUsage> listener) {
    return live.watch(scope, listener);
  }

  @Override
  public UsageStore.Subscription watch(
      TenantId tenant, SessionId session, UpdateListener<SessionUsage> listener) {
    return live.watch(tenant, session, listener);
  }
}
