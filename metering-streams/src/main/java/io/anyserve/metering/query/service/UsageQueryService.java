package io.anyserve.metering.query.service;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.metering.query.LiveUsage;
import io.anyserve.metering.query.PartitionOwners;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.TopQuery;
import io.anyserve.metering.query.TopTable;
import io.anyserve.metering.query.UpdateListener;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.metering.query.UsageSource;
import io.anyserve.metering.query.WindowQuery;
import io.anyserve.metering.query.WindowTable;
import io.anyserve.metering.query.ledger.LedgerPage;
import io.anyserve.metering.query.ledger.LedgerQuery;
import io.anyserve.metering.query.ledger.LedgerReader;
import io.anyserve.metering.store.UsageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Answers questions about usage, whatever protocol they come in: finds the instances that know and
 * puts their answers together. Whoever asks has been checked against the scope by {@link
 * UsageCaller}. Throws a FailureException where there is no answer. Thread-safe; calls block.
 */
public final class UsageQueryService {

  private final UsageSource here;
  private final LedgerReader ledger;
  private final PartitionOwners owners;
  private final PeerClients peers;

  public UsageQueryService(
      UsageSource here, LedgerReader ledger, PartitionOwners owners, PeerClients peers) {
    this.here = here;
    this.ledger = ledger;
    this.owners = owners;
    this.peers = peers;
  }

  /** SESSION_NOT_FOUND for other tenants' sessions as for those that never were. */
  public SessionUsage session(UsageCaller asker, TenantId tenant, SessionId session) {
    return owner(asker, tenant)
        .session(tenant, session)
        .orElseThrow(
            () ->
                new FailureException(
                    FailureCode.SESSION_NOT_FOUND, "session: " + session + " has no usage"));
  }

  public UsageTotals totals(UsageCaller asker, TenantScope scope) {
    return knowing(asker, scope).stream()
        .map(instance -> instance.totals(scope))
        .reduce(UsageTotals.NONE, UsageTotals::plus);
  }

  public WindowTable windows(UsageCaller asker, WindowQuery query) {
    List<WindowTable> parts = ask(asker, query.scope(), instance -> instance.windows(query));
    return parts.size() == 1
        ? parts.getFirst()
        : WindowTable.of(query.mostSeries(), sink -> parts.forEach(part -> part.feed(sink)));
  }

  /** Of several instances each is asked for as many rows as there may be, as rows may add up. */
  public TopTable top(UsageCaller asker, TopQuery query) {
    List<UsageSource> instances = knowing(asker, query.scope());
    if (instances.size() == 1) {
      return instances.getFirst().top(query);
    }
    TopQuery wider = query.withLimit(TopQuery.MOST);
    List<TopTable> parts = instances.stream().map(instance -> instance.top(wider)).toList();
    return TopTable.of(
        query.measure(), query.limit(), sink -> parts.forEach(part -> part.feed(sink)));
  }

  /** The ledger is a topic, which every instance can read. */
  public LedgerPage entries(LedgerQuery query) {
    return ledger.page(query);
  }

  public void allEntries(LedgerQuery query, Consumer<LedgerEntry> consumer) {
    ledger.all(query, consumer);
  }

  public UsageStore.Subscription watch(
      UsageCaller asker, TenantScope scope, UpdateListener<LiveUsage> listener) {
    List<UsageStore.Subscription> watches = new ArrayList<>();
    UsageStore.Subscription all = () -> watches.forEach(UsageStore.Subscription::close);
    try {
      knowing(asker, scope).forEach(instance -> watches.add(instance.watch(scope, listener)));
    } catch (FailureException e) {
      all.close();
      throw e;
    }
    return all;
  }

  /** The totals now and after every change; some may come twice. */
  public UsageStore.Subscription watch(
      UsageCaller asker,
      TenantId tenant,
      SessionId session,
      UpdateListener<SessionUsage> listener) {
    UsageSource owner = owner(asker, tenant);
    session(asker, tenant, session);
    UsageStore.Subscription watch = owner.watch(tenant, session, listener);
    try {
      listener.next(session(asker, tenant, session));
      return watch;
    } catch (FailureException e) {
      watch.close();
      throw e;
    }
  }

  private <T> List<T> ask(UsageCaller asker, TenantScope scope, Function<UsageSource, T> question) {
    return knowing(asker, scope).stream().map(question).toList();
  }

  private List<UsageSource> knowing(UsageCaller asker, TenantScope scope) {
    return switch (scope) {
      case TenantScope.Of(TenantId tenant) -> List.of(owner(asker, tenant));
      case TenantScope.All() -> everybody(asker);
    };
  }

  private List<UsageSource> everybody(UsageCaller asker) {
    List<UsageSource> all = new ArrayList<>(List.of(here));
    if (!asker.forwarded()) {
      owners.others().forEach(address -> all.add(peers.at(address, asker)));
    }
    return all;
  }

  private UsageSource owner(UsageCaller asker, TenantId tenant) {
    if (asker.forwarded()) {
      return here;
    }
    return switch (owners.owner(tenant)) {
      case PartitionOwners.Owner.Here() -> here;
      case PartitionOwners.Owner.There(PartitionOwners.Address address) -> peers.at(address, asker);
      case PartitionOwners.Owner.Unknown(String why) ->
          throw new FailureException(FailureCode.STORE_UNAVAILABLE, "usage: " + why);
    };
  }
}
