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

/** What is counted where only sessions are. */
public record SessionStore(Metering metering) implements UsageStore {

  @Override
  public Optional<SessionUsage> session(TenantId tenant, SessionId session) {
    return metering.find(tenant, session);
  }

  @Override
  public Optional<TenantUsage> tenant(TenantId tenant) {
    return Optional.empty();
  }

  @Override
  public List<TenantId> tenants() {
    return List.of();
  }

  @Override
  public void windows(
      TenantId tenant, WindowSize size, Instant from, Instant to, Consumer<UsageWindow> consumer) {}

  @Override
  public Watch watch(UsageWatcher watcher) {
    return metering.watch(watcher);
  }
}
