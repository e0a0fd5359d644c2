package io.anyserve.metering.store;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The aggregates that this instance has, about half a second behind the ledger. Every read throws a
 * FailureException, STORE_UNAVAILABLE, while the instance cannot tell or does not own the tenant.
 * Thread-safe.
 */
public interface UsageStore {

  /** Empty where the session has no ledger entry. */
  Optional<SessionUsage> session(TenantId tenant, SessionId session);

  /** Empty where the tenant has no ledger entry. */
  Optional<TenantUsage> tenant(TenantId tenant);

  /** Those that this instance owns. */
  List<TenantId> tenants();

  /**
   * Hands over the windows in order of their start.
   *
   * @param from inclusive
   * @param to exclusive
   */
  void windows(
      TenantId tenant,
      WindowGranularity size,
      Instant from,
      Instant to,
      Consumer<UsageWindow> consumer);

  /** Until it is closed. */
  Subscription watch(UsageListener watcher);

  /** Ends when closed; closing twice is harmless. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
