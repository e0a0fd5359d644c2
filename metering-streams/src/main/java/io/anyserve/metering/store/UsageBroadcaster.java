package io.anyserve.metering.store;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells all watchers what the aggregates tell it. Thread-safe. */
public final class UsageBroadcaster implements UsageListener {

  private final Map<Object, UsageListener> watchers = new ConcurrentHashMap<>();

  /** The same watcher may watch twice. */
  public UsageStore.Subscription watch(UsageListener watcher) {
    Object place = new Object();
    watchers.put(place, watcher);
    return () -> watchers.remove(place);
  }

  @Override
  public void session(SessionUsage usage) {
    watchers.values().forEach(watcher -> watcher.session(usage));
  }

  @Override
  public void tenant(TenantUsage usage) {
    watchers.values().forEach(watcher -> watcher.tenant(usage));
  }

  @Override
  public void entry(LedgerEntry entry) {
    watchers.values().forEach(watcher -> watcher.entry(entry));
  }
}
