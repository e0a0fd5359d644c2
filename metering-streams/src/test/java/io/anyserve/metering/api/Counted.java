package io.anyserve.metering.api;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.metering.query.ledger.LedgerPage;
import io.anyserve.metering.query.ledger.LedgerPageToken;
import io.anyserve.metering.query.ledger.LedgerQuery;
import io.anyserve.metering.query.ledger.LedgerReader;
import io.anyserve.metering.store.UsageListener;
import io.anyserve.metering.store.UsageStore;
import io.anyserve.runtime.Component;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Ledger entries in memory, added up at every question: the plainest store and ledger there is. */
public final class Counted implements UsageStore, LedgerReader, Component {

  private final List<LedgerEntry> entries = new CopyOnWriteArrayList<>();
  private final List<UsageListener> watchers = new CopyOnWriteArrayList<>();
  public volatile @Nullable String trouble;
  public volatile long breaksAfter = Long.MAX_VALUE;
  public volatile int pageRecords = Integer.MAX_VALUE;

  public void add(LedgerEntry... more) {
    for (LedgerEntry entry : more) {
      entries.add(entry);
      for (UsageListener watcher : watchers) {
        watcher.entry(entry);
        watcher.session(session(entry.context().tenant(), entry.context().session()).orElseThrow());
      }
    }
  }

  /** Without telling watchers. */
  public void addQuietly(List<LedgerEntry> more) {
    entries.addAll(more);
  }

  @Override
  public Optional<SessionUsage> session(TenantId tenant, SessionId session) {
    check();
    SessionUsage usage = null;
    for (LedgerEntry entry : of(tenant)) {
      if (entry.context().session().equals(session)) {
        usage = usage == null ? SessionUsage.of(entry) : usage.plus(entry);
      }
    }
    return Optional.ofNullable(usage);
  }

  @Override
  public Optional<TenantUsage> tenant(TenantId tenant) {
    check();
    return of(tenant).stream()
        .map(UsageTotals::of)
        .reduce(UsageTotals::plus)
        .map(totals -> new TenantUsage(tenant, totals));
  }

  @Override
  public List<TenantId> tenants() {
    check();
    return entries.stream().map(entry -> entry.context().tenant()).distinct().sorted().toList();
  }

  @Override
  public void windows(
      TenantId tenant,
      WindowGranularity size,
      Instant from,
      Instant to,
      Consumer<UsageWindow> consumer) {
    check();
    for (LedgerEntry entry : of(tenant)) {
      Instant start = size.startOf(entry.times().endedAt());
      if (!start.isBefore(from) && start.isBefore(to)) {
        List<UsageDimension> all =
            List.of(
                new UsageDimension.ByModel(entry.servedBy().capability(), entry.servedBy().model()),
                new UsageDimension.BySession(entry.context().session()),
                new UsageDimension.ByKey(entry.context().apiKey()));
        for (UsageDimension series : all) {
          consumer.accept(new UsageWindow(tenant, size, start, series, UsageTotals.of(entry)));
        }
      }
    }
  }

  @Override
  public UsageStore.Subscription watch(UsageListener watcher) {
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }

  @Override
  public LedgerPage page(LedgerQuery query) {
    check();
    long begin = query.cursor().map(LedgerPageToken::offset).orElse(0L);
    List<LedgerEntry> found = new ArrayList<>();
    for (long i = begin; i < entries.size(); i++) {
      if (i - begin == pageRecords || found.size() == query.limit()) {
        return new LedgerPage(found, Optional.of(new LedgerPageToken(0, i)));
      }
      LedgerEntry entry = entries.get((int) i);
      if (query.matches(entry)) {
        found.add(entry);
      }
    }
    return new LedgerPage(found, Optional.empty());
  }

  @Override
  public void all(LedgerQuery query, Consumer<LedgerEntry> consumer) {
    check();
    long given = 0;
    for (LedgerEntry entry : entries) {
      if (query.matches(entry)) {
        if (given++ == breaksAfter) {
          throw new FailureException(FailureCode.BROKER_UNAVAILABLE, "usage: the broker is gone");
        }
        consumer.accept(entry);
      }
    }
  }

  private void check() {
    if (trouble != null) {
      throw new FailureException(FailureCode.STORE_UNAVAILABLE, "usage: " + trouble);
    }
  }

  private List<LedgerEntry> of(TenantId tenant) {
    return entries.stream().filter(entry -> entry.context().tenant().equals(tenant)).toList();
  }

  @Override
  public void start() {}

  @Override
  public void close() {}
}
