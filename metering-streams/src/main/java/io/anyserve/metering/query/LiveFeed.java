package io.anyserve.metering.query;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.metering.store.UsageListener;
import io.anyserve.metering.store.UsageStore;
import io.anyserve.runtime.Component;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what is counted here. The thread that counts only adds entries up, one sum for
 * each scope that somebody listens to; a thread of its own hands the sums out every second.
 * Thread-safe.
 */
public final class LiveFeed implements UsageListener, Component {

  private static final Logger log = LoggerFactory.getLogger(LiveFeed.class);
  private static final int MOST_LISTENERS = 512;
  private static final int SECONDS = 1;

  private record Session(TenantId tenant, SessionId session) {}

  /** Those who listen to one scope, and what was added for them. */
  private static final class Channel {
    final List<UpdateListener<LiveUsage>> listeners = new ArrayList<>();
    LiveUsage.@Nullable Sum sum;
  }

  private final UsageStore store;
  private final InstantSource clock;
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("usage-live").factory());
  private final Map<TenantScope, Channel> channels = new HashMap<>();
  private final Map<Session, List<UpdateListener<SessionUsage>>> sessions = new HashMap<>();
  private volatile boolean listened;
  private int count;
  private UsageStore.Subscription watch = () -> {};

  public LiveFeed(UsageStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void start() {
    watch = store.watch(this);
    var _ = ticker.scheduleAtFixedRate(this::tick, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void entry(LedgerEntry entry) {
    if (listened) {
      add(entry);
    }
  }

  private synchronized void add(LedgerEntry entry) {
    add(channels.get(new TenantScope.All()), entry);
    add(channels.get(new TenantScope.Of(entry.context().tenant())), entry);
  }

  private static void add(@Nullable Channel channel, LedgerEntry entry) {
    if (channel != null) {
      if (channel.sum == null) {
        channel.sum = new LiveUsage.Sum();
      }
      channel.sum.add(entry);
    }
  }

  @Override
  public void session(SessionUsage usage) {
    if (listened) {
      listeners(usage).forEach(listener -> tell(listener, usage));
    }
  }

  private synchronized List<UpdateListener<SessionUsage>> listeners(SessionUsage usage) {
    return List.copyOf(
        sessions.getOrDefault(new Session(usage.tenant(), usage.session()), List.of()));
  }

  @Override
  public void tenant(TenantUsage usage) {}

  /** Hands out what was added since the last time. */
  void tick() {
    takeSums().forEach(LiveFeed::tell);
  }

  /** Nobody's fault keeps others from hearing, or what counts from counting. */
  private static <T> void tell(UpdateListener<T> listener, T change) {
    try {
      listener.next(change);
    } catch (RuntimeException e) {
      log.warn("A usage listener failed", e);
    }
  }

  private synchronized Map<UpdateListener<LiveUsage>, LiveUsage> takeSums() {
    Map<UpdateListener<LiveUsage>, LiveUsage> news = new HashMap<>();
    for (Channel channel : channels.values()) {
      if (channel.sum != null) {
        LiveUsage usage = channel.sum.at(clock.instant());
        channel.sum = null;
        channel.listeners.forEach(listener -> news.put(listener, usage));
      }
    }
    return news;
  }

  synchronized UsageStore.Subscription watch(
      TenantScope scope, UpdateListener<LiveUsage> listener) {
    takePlace();
    channels.computeIfAbsent(scope, _ -> new Channel()).listeners.add(listener);
    return () -> leave(scope, listener);
  }

  private synchronized void leave(TenantScope scope, UpdateListener<LiveUsage> listener) {
    Channel channel = channels.get(scope);
    if (channel != null && channel.listeners.remove(listener)) {
      givePlaceBack();
      if (channel.listeners.isEmpty()) {
        channels.remove(scope);
      }
    }
  }

  synchronized UsageStore.Subscription watch(
      TenantId tenant, SessionId session, UpdateListener<SessionUsage> listener) {
    takePlace();
    Session key = new Session(tenant, session);
    sessions.computeIfAbsent(key, _ -> new ArrayList<>()).add(listener);
    return () -> leave(key, listener);
  }

  private synchronized void leave(Session session, UpdateListener<SessionUsage> listener) {
    List<UpdateListener<SessionUsage>> listeners = sessions.get(session);
    if (listeners != null && listeners.remove(listener)) {
      givePlaceBack();
      if (listeners.isEmpty()) {
        sessions.remove(session);
      }
    }
  }

  private void takePlace() {
    if (count == MOST_LISTENERS) {
      throw new FailureException(
          FailureCode.OVERLOADED, "watchers: " + count + " (expected: at most that many)");
    }
    count++;
    listened = true;
  }

  private void givePlaceBack() {
    count--;
    listened = count > 0;
  }

  /** How many listen now. */
  public synchronized int listeners() {
    return count;
  }

  @Override
  public void close() {
    watch.close();
    ticker.shutdownNow();
    List<UpdateListener<?>> all = new ArrayList<>();
    synchronized (this) {
      channels.values().forEach(channel -> all.addAll(channel.listeners));
      sessions.values().forEach(all::addAll);
    }
    var ending = new FailureException(FailureCode.SHUTTING_DOWN, "usage: this instance stops");
    all.forEach(listener -> listener.failed(ending));
  }
}
