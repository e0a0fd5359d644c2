package io.anyserve.metering;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.metering.store.UsageBroadcaster;
import io.anyserve.metering.store.UsageListener;
import io.anyserve.metering.store.UsageStore;
import io.anyserve.metering.store.UsageStores;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaLogReader;
import io.anyserve.runtime.kafka.LogReader;
import io.anyserve.runtime.streams.StreamsService;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Counts what requests use, from the topic {@code tokens} into {@code usage} and from there into
 * the aggregates of sessions, tenants and windows, and answers what they used. Kafka Streams owns
 * the thread that counts; {@link StreamsService} starts it again when it fails or cannot start yet.
 * Thread-safe.
 */
public final class Metering implements Component, UsageStore {

  private static final String NAME = "metering";

  private final MeteringConfig settings;
  private final UsageBroadcaster feed = new UsageBroadcaster();
  private final MeteringApplication application;
  private final StreamsService service;

  /** Without prices and quotas. */
  public Metering(MeteringConfig settings, MeterRegistry registry, InstantSource clock) {
    this(settings, registry, clock, BillingServices.NONE);
  }

  public Metering(
      MeteringConfig settings, MeterRegistry registry, InstantSource clock, BillingServices hooks) {
    LogReader log = new KafkaLogReader(settings.kafka(), NAME, Map.of());
    this.settings = settings;
    this.application =
        new MeteringApplication(
            new MeteringDependencies(
                settings,
                new MeteringDependencies.Logs(
                    log, new KafkaUsageLog(settings.kafka(), settings.applicationId(), log)),
                hooks,
                new MeteringDependencies.Metrics(
                    new MeteringMetrics(registry), new AggregateMetrics(registry)),
                feed,
                clock,
                new FailedRecords()));
    this.service =
        new StreamsService(
            new StreamsService.Policy(
                NAME,
                StreamsService.FirstStart.IS_RETRIED,
                CloseOptions.GroupMembershipOperation.LEAVE_GROUP),
            application,
            registry);
  }

  /** Throws when the state directory is unusable; waits for nothing else. */
  @Override
  public void start() throws IOException, InterruptedException {
    MeteringStreamsConfig.instance(settings.stateDirectory());
    service.start();
  }

  /** Down with the reason until every partition that is this instance's is being counted. */
  @Override
  public Health health() {
    return service.health();
  }

  @Override
  public Optional<SessionUsage> session(TenantId tenant, SessionId session) {
    return stored().session(tenant, session);
  }

  @Override
  public Optional<TenantUsage> tenant(TenantId tenant) {
    return stored().tenant(tenant);
  }

  @Override
  public List<TenantId> tenants() {
    return stored().tenants();
  }

  @Override
  public void windows(
      TenantId tenant,
      WindowGranularity size,
      Instant from,
      Instant to,
      Consumer<UsageWindow> consumer) {
    stored().windows(tenant, size, from, to, consumer);
  }

  @Override
  public UsageStore.Subscription watch(UsageListener watcher) {
    return feed.watch(watcher);
  }

  /** The instance that has the tenant's aggregates; empty while nobody knows. */
  public Optional<HostInfo> owner(TenantId tenant) {
    return stored().owner(tenant);
  }

  /** All that count now, this one included. */
  public Set<HostInfo> instances() {
    return stored().instances();
  }

  /** Commits what is counted. */
  @Override
  public void close() {
    service.close();
  }

  private UsageStores stored() {
    return service
        .running()
        .map(streams -> new UsageStores(streams, application.usagePartitions()))
        .orElseThrow(() -> new FailureException(FailureCode.STORE_UNAVAILABLE, notRunning()));
  }

  private String notRunning() {
    return switch (service.health()) {
      case Health.Up() -> "usage: try again (expected: metering is running)";
      case Health.Down(_, String why) -> "usage: " + why;
    };
  }
}
