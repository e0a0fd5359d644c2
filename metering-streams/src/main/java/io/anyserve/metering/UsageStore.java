package io.anyserve.metering;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowSize;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What this instance has counted. Reads throw a FailureException with STORE_UNAVAILABLE while this
 * instance cannot tell, as it starts, or as it does not own the tenant. Thread-safe.
 */
public interface UsageStore {

  Optional<SessionUsage> session(TenantId tenant, SessionId session);

  Optional<TenantUsage> tenant(TenantId tenant);

  /** Those that this instance owns. */
  List<TenantId> tenants();

  /** In order of start; from inclusive, to exclusive. */
  void windows(
      TenantId tenant, WindowSize size, Instant from, Instant to, Consumer<UsageWindow> consumer);

  /** Every change, once for each flush, in the thread that counts: take it and return. */
  Watch watch(UsageWatcher watcher);

  /** Ends when closed; closing twice is harmless. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
