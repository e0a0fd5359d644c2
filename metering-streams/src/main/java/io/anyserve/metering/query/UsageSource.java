package io.anyserve.metering.query;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.metering.store.UsageStore;
import java.util.Optional;

/**
 * What one instance of metering answers for the tenants that it owns. Throws a FailureException
 * where it cannot. Thread-safe.
 */
public interface UsageSource {

  Optional<SessionUsage> session(TenantId tenant, SessionId session);

  /** Of all ledger entries. */
  UsageTotals totals(TenantScope scope);

  WindowTable windows(WindowQuery query);

  TopTable top(TopQuery query);

  /** What is added, about each second in which something is. */
  UsageStore.Subscription watch(TenantScope scope, UpdateListener<LiveUsage> listener);

  /** The session's totals whenever they change. */
  UsageStore.Subscription watch(
      TenantId tenant, SessionId session, UpdateListener<SessionUsage> listener);
}
