package io.anyserve.metering;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.metering.store.UsageListener;
import io.anyserve.metering.store.UsageStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sessions in a map, told to watchers when they are put. */
final class FakeUsage implements UsageStore {

  private record Key(TenantId tenant, SessionId session) {}

  private final ConcurrentMap<Key, SessionUsage> sessions = new ConcurrentHashMap<>();
  private final List<UsageListener> watchers = new CopyOnWriteArrayList<>();
  private volatile @Nullable String trouble;

  void put(SessionUsage usage) {
    sessions.put(new Key(usage.tenant(), usage.session()), usage);
    watchers.forEach(watcher -> watcher.session(usage));
  }

  void fail(String why) {
    trouble = why;
  }

  boolean watched() {
    return !watchers.isEmpty();
  }

  @Override
  public Optional<SessionUsage> session(TenantId tenant, SessionId session) {
    if (trouble != null) {
      throw new FailureException(FailureCode.STORE_UNAVAILABLE, "usage: " + trouble);
    }
    return Optional.ofNullable(sessions.get(new Key(tenant, session)));
  }

  @Override
  public Optional<TenantUsage> tenant(TenantId tenant) {
    return Optional.empty();
  }

  @Override
  public List<TenantId> tenants() {
    return sessions.keySet().stream().map(Key::tenant).distinct().toList();
  }

  @Override
  public void windows(
      TenantId tenant,
      WindowGranularity size,
      Instant from,
      Instant to,
      Consumer<UsageWindow> consumer) {}

  @Override
  public UsageStore.Subscription watch(UsageListener watcher) {
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }
}
