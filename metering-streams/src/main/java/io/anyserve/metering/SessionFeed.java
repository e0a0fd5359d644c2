package io.anyserve.metering;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Tells watchers of the totals of their session. Thread-safe. */
final class SessionFeed implements Consumer<SessionUsage> {

  private final ConcurrentMap<String, List<Consumer<SessionUsage>>> watchers =
      new ConcurrentHashMap<>();
  private final List<UsageWatcher> all = new CopyOnWriteArrayList<>();

  @Override
  public void accept(SessionUsage usage) {
    all.forEach(watcher -> watcher.session(usage));
    if (!watchers.isEmpty()) {
      watchers
          .getOrDefault(SessionTotals.key(usage.tenant(), usage.session()), List.of())
          .forEach(watcher -> watcher.accept(usage));
    }
  }

  SessionLedger.Watch watch(TenantId tenant, SessionId session, Consumer<SessionUsage> watcher) {
    String key = SessionTotals.key(tenant, session);
    watchers.merge(key, List.of(watcher), (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
    return () -> watchers.computeIfPresent(key, (_, all) -> without(all, watcher));
  }

  UsageStore.Watch watch(UsageWatcher watcher) {
    all.add(watcher);
    return () -> all.remove(watcher);
  }

  /** Null, which takes the key away, when nobody is left. */
  private static @org.jspecify.annotations.Nullable List<Consumer<SessionUsage>> without(
      List<Consumer<SessionUsage>> all, Consumer<SessionUsage> gone) {
    List<Consumer<SessionUsage>> left = all.stream().filter(other -> !other.equals(gone)).toList();
    return left.isEmpty() ? null : left;
  }
}
