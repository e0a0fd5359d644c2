package io.anyserve.metering;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.KafkaLogReader;
import io.anyserve.runtime.kafka.LogReader;
import io.anyserve.runtime.streams.StreamsClients;
import io.anyserve.runtime.streams.StreamsConfigs;
import io.anyserve.runtime.streams.TopicPreflight;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what requests use, from the topic {@code tokens} into {@code usage} and from there into
 * the accounts of sessions, tenants and windows, and answers what they used. Kafka Streams owns the
 * thread that counts; when it fails, or cannot start yet, all of it is opened again after a pause,
 * for as long as it takes; stores that cannot be read are then restored from Kafka. Thread-safe.
 */
public final class Metering implements Component, UsageStore {

  private static final Logger log = LoggerFactory.getLogger(Metering.class);
  private static final String NAME = "metering";
  private static final String STARTING = "waits for its partitions or restores totals";

  /** After that long the group no longer knows an instance that is gone. */
  private static final Duration FORGOTTEN = StreamsConfigs.SESSION_TIMEOUT.plusSeconds(2);

  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final int CAUSES = 20;

  private final MeteringConfig settings;
  private final MeteringDependencies surroundings;
  private final MeterRegistry registry;
  private final UsageBroadcaster feed = new UsageBroadcaster();
  private final ScheduledExecutorService opener =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("metering-opener").factory());
  private volatile Future<?> opening = CompletableFuture.completedFuture(null);
  private volatile @Nullable UsageStores stored;
  private @Nullable KafkaStreamsMetrics metrics;
  private volatile String trouble = "not started";
  private volatile boolean corrupt;

  /** Without prices and quotas. */
  public Metering(MeteringConfig settings, MeterRegistry registry, InstantSource clock) {
    this(settings, registry, clock, MeteringHooks.NONE);
  }

  public Metering(
      MeteringConfig settings, MeterRegistry registry, InstantSource clock, MeteringHooks hooks) {
    LogReader log = new KafkaLogReader(settings.kafka(), NAME, Map.of());
    this.settings = settings;
    this.registry = registry;
    this.surroundings =
        new MeteringDependencies(
            settings,
            new MeteringDependencies.Logs(
                log, new KafkaUsageLog(settings.kafka(), settings.applicationId(), log)),
            hooks,
            new MeteringDependencies.Meters(
                new MeteringMetrics(registry), new AggregateMetrics(registry)),
            feed,
            clock,
            new FailedRecords());
  }

  /** Throws when the state directory is unusable; waits for nothing else. */
  @Override
  public void start() throws IOException {
    MeteringStreamsConfig.instance(settings.stateDirectory());
    trouble = STARTING;
    openAfter(Duration.ZERO);
  }

  /** Down with the reason until every partition that is this instance's is being counted. */
  @Override
  public Health health() {
    UsageStores now = stored;
    return now != null && now.streams().state() == KafkaStreams.State.RUNNING
        ? Health.UP
        : new Health.Down(NAME, trouble);
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
  public Watch watch(UsageListener watcher) {
    return feed.watch(watcher);
  }

  /** The instance that has the tenant's accounts; empty while nobody knows. */
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
    trouble = "closed";
    opening.cancel(true);
    opener.shutdownNow();
    shut();
  }

  private void openAfter(Duration pause) {
    if (!opener.isShutdown()) {
      opening = opener.schedule(this::open, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void open() {
    try {
      shut();
      int partitions = usagePartitions();
      surroundings.hooks().prices().load();
      corrupt |= new ChangelogLossRecovery(settings).beginAnew(partitions);
      run(partitions);
    } catch (IOException | KafkaException e) {
      trouble = String.valueOf(e.getMessage());
      corrupt |= storeFailed(e);
      log.warn("metering does not start and tries again in {}: {}", PAUSE, trouble);
      openAfter(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int usagePartitions() throws InterruptedException {
    return new TopicPreflight(requiredTopics(), System::nanoTime)
        .check(settings.kafka(), "metering-topics")
        .getOrDefault(settings.topics().usage(), 1);
  }

  private Set<String> requiredTopics() {
    TopicNames topics = settings.topics();
    Set<String> required =
        new HashSet<>(
            Set.of(
                topics.tokens(),
                topics.usage(),
                topics.sessionUsage(),
                topics.tenantUsage(),
                topics.usageWindows(),
                topics.deadLetters()));
    if (surroundings.hooks().settlements().isPresent()) {
      required.add(topics.quotas());
    }
    return required;
  }

  private synchronized void run(int partitions) throws IOException {
    if (opener.isShutdown()) {
      return;
    }
    KafkaStreams opened =
        new KafkaStreams(
            MeteringTopology.build(surroundings, partitions),
            new StreamsConfig(MeteringStreamsConfig.of(settings)),
            new StreamsClients(KafkaClients.LARGEST_VALUE));
    opened.setUncaughtExceptionHandler(this::failed);
    opened.setStateListener((state, _) -> changed(state));
    stored = new UsageStores(opened, partitions);
    if (corrupt) {
      log.warn("the stores in {} are thrown away and restored", settings.stateDirectory());
      opened.cleanUp();
      corrupt = false;
    }
    metrics = new KafkaStreamsMetrics(opened);
    metrics.bindTo(registry);
    opened.start();
  }

  private StreamThreadExceptionResponse failed(Throwable failure) {
    trouble = "failed, starts again: " + failure;
    corrupt |= storeFailed(failure);
    log.error("metering failed and starts again", failure);
    openAfter(failure instanceof MissingSourceTopicException ? FORGOTTEN : PAUSE);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private static boolean storeFailed(Throwable failure) {
    @Nullable Throwable cause = failure;
    for (int i = 0; i < CAUSES && cause != null; i++, cause = cause.getCause()) {
      if (cause instanceof ProcessorStateException
          || cause instanceof RocksDBException
          || cause instanceof MalformedRecordException) {
        return true;
      }
    }
    return false;
  }

  private void changed(KafkaStreams.State state) {
    log.info("metering is {}", state);
    if (state == KafkaStreams.State.RUNNING) {
      trouble = STARTING;
    }
  }

  private synchronized void shut() {
    if (metrics != null) {
      metrics.close();
      metrics = null;
    }
    UsageStores now = stored;
    CloseOptions leaving =
        CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
            .withTimeout(CLOSE);
    if (now != null && !now.streams().close(leaving)) {
      log.warn("metering did not end within {}", CLOSE);
    }
  }

  private UsageStores stored() {
    UsageStores now = stored;
    if (now == null || now.streams().state() != KafkaStreams.State.RUNNING) {
      throw new FailureException(FailureCode.STORE_UNAVAILABLE, "usage: " + trouble);
    }
    return now;
  }
}
