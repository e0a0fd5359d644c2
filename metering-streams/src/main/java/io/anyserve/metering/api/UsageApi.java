package io.anyserve.metering.api;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.metering.grpc.UsageGrpcHandler;
import io.anyserve.metering.grpc.UsageService;
import io.anyserve.metering.http.HttpAuthenticator;
import io.anyserve.metering.http.LiveUsageEvents;
import io.anyserve.metering.http.PageContext;
import io.anyserve.metering.http.UsageHttp;
import io.anyserve.metering.http.UsageHttpHandler;
import io.anyserve.metering.query.DefaultRanges;
import io.anyserve.metering.query.LiveFeed;
import io.anyserve.metering.query.LocalUsage;
import io.anyserve.metering.query.PartitionOwners;
import io.anyserve.metering.query.ledger.KafkaLedgerReader;
import io.anyserve.metering.query.ledger.LedgerPartitions;
import io.anyserve.metering.query.ledger.LedgerReader;
import io.anyserve.metering.query.service.PeerClients;
import io.anyserve.metering.query.service.QueryExecutor;
import io.anyserve.metering.query.service.UsageQueryService;
import io.anyserve.metering.store.UsageStore;
import io.anyserve.quota.LimitStatus;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.ComponentGroup;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.kafka.KafkaClients;
import io.grpc.BindableService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/** Answers questions about usage: what gRPC and HTTP servers have in common, wired. */
public final class UsageApi implements Component {

  /**
   * Where answers come from.
   *
   * @param quotas what is left of them
   */
  public record Sources(
      UsageStore store,
      PartitionOwners owners,
      LedgerPartitions partitions,
      Function<TenantId, List<LimitStatus>> quotas,
      PageContext page) {

    /** One instance without prices and quotas. */
    public static Sources of(UsageStore store) {
      return new Sources(
          store,
          PartitionOwners.alone(),
          (tenant, count) -> LedgerPartitions.any(count),
          _ -> List.of(),
          PageContext.NONE);
    }
  }

  private final Sources sources;
  private final DefaultRanges times;
  private final LiveFeed live;
  private final QueryExecutor threads = new QueryExecutor();
  private final PeerClients peers = new PeerClients();
  private final UsageQueryService queries;
  private final ComponentGroup parts;

  /**
   * Inert until started.
   *
   * @param latest how long after a request's end its ledger entry may be written
   */
  public UsageApi(
      Sources sources,
      KafkaClients kafka,
      TopicNames topics,
      Duration latest,
      InstantSource clock) {
    this(
        sources,
        new KafkaLedgerReader(
            kafka, topics.usage(), sources.partitions(), latest, System::nanoTime),
        clock);
  }

  public <L extends LedgerReader & Component> UsageApi(
      Sources sources, L ledger, InstantSource clock) {
    this.sources = sources;
    this.times = new DefaultRanges(clock);
    this.live = new LiveFeed(sources.store(), clock);
    this.queries =
        new UsageQueryService(
            new LocalUsage(sources.store(), live), ledger, sources.owners(), peers);
    this.parts = new ComponentGroup(List.of(ledger, threads, live));
  }

  /** {@code UsageService}, for any gRPC server that checks keys. */
  public BindableService service() {
    return new UsageService(new UsageGrpcHandler(queries, times, threads));
  }

  /**
   * Usage over HTTP, and the page.
   *
   * @param address port 0 for any free one
   */
  public UsageHttp http(InetSocketAddress address, ApiKeys keys) {
    HttpAuthenticator askers = new HttpAuthenticator(keys);
    return new UsageHttp(
        address,
        new UsageHttpHandler(queries, times, threads, askers, sources.quotas(), sources.page()),
        new LiveUsageEvents(queries, threads, askers));
  }

  /** How many watch now what is counted here. */
  int listeners() {
    return live.listeners();
  }

  @Override
  public void start() throws Exception {
    parts.start();
  }

  @Override
  public void close() {
    parts.close();
    peers.close();
  }
}
