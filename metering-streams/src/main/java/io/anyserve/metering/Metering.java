package io.anyserve.metering;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.service.Health;
import io.anyserve.contracts.service.Part;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what requests use, from the topic {@code tokens} into {@code usage} and {@code
 * usage.sessions}, and answers what sessions used. Kafka Streams owns the thread that counts; when
 * it fails, or cannot start yet, all of it is opened again after a pause, for as long as it takes.
 * Thread-safe.
 */
public final class Metering implements Part, SessionLedger {

  private static final Logger log = LoggerFactory.getLogger(Metering.class);
  private static final String NAME = "metering";
  private static final String STARTING = "waits for its partitions or restores totals";
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final MeteringSettings settings;
  private final Surroundings surroundings;
  private final SessionFeed feed = new SessionFeed();
  private final ScheduledExecutorService opener =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("metering-opener").factory());
  private volatile Future<?> opening = CompletableFuture.completedFuture(null);
  private volatile @Nullable KafkaStreams streams;
  private volatile String trouble = "not started";

  public Metering(MeteringSettings settings, MeterRegistry registry, InstantSource clock) {
    this.settings = settings;
    this.surroundings =
        new Surroundings(
            settings, new KafkaTokenLog(settings.kafka()), new MeteringMeters(registry), clock);
  }

  /** Throws when the state directory is unusable; waits for nothing else. */
  @Override
  public void start() throws IOException {
    StreamsSettings.instance(settings.stateDirectory());
    trouble = STARTING;
    openAfter(Duration.ZERO);
  }

  /** Down with the reason until every partition that is this instance's is being counted. */
  @Override
  public Health health() {
    KafkaStreams now = streams;
    return now != null && now.state() == KafkaStreams.State.RUNNING
        ? Health.UP
        : new Health.Down(NAME, trouble);
  }

  @Override
  public Optional<SessionUsage> find(TenantId tenant, SessionId session) {
    KafkaStreams now = streams;
    if (now == null) {
      throw unavailable();
    }
    try {
      return Optional.ofNullable(
          now.store(
                  StoreQueryParameters.fromNameAndType(
                      MeteringTopology.SESSIONS,
                      QueryableStoreTypes.<String, SessionUsage>keyValueStore()))
              .get(SessionTotals.key(tenant, session)));
    } catch (InvalidStateStoreException e) {
      log.debug("no totals now", e);
      throw unavailable();
    }
  }

  @Override
  public Watch watch(TenantId tenant, SessionId session, Consumer<SessionUsage> watcher) {
    return feed.watch(tenant, session, watcher);
  }

  UsageStore.Watch watch(UsageWatcher watcher) {
    return feed.watch(watcher);
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
      new NeededTopics(settings).check();
      run();
    } catch (IOException | KafkaException e) {
      trouble = String.valueOf(e.getMessage());
      log.warn("metering does not start and tries again in {}: {}", PAUSE, trouble);
      openAfter(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void run() throws IOException {
    if (opener.isShutdown()) {
      return;
    }
    KafkaStreams opened =
        new KafkaStreams(
            MeteringTopology.build(surroundings, feed),
            new StreamsConfig(StreamsSettings.of(settings)));
    opened.setUncaughtExceptionHandler(this::failed);
    opened.setStateListener((state, _) -> changed(state));
    streams = opened;
    opened.start();
  }

  private StreamThreadExceptionResponse failed(Throwable failure) {
    trouble = "failed, starts again: " + failure;
    log.error("metering failed and starts again", failure);
    openAfter(failure instanceof MissingSourceTopicException ? StreamsSettings.FORGOTTEN : PAUSE);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private void changed(KafkaStreams.State state) {
    log.info("metering is {}", state);
    if (state == KafkaStreams.State.RUNNING) {
      trouble = STARTING;
    }
  }

  private synchronized void shut() {
    KafkaStreams now = streams;
    CloseOptions leaving =
        CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
            .withTimeout(CLOSE);
    if (now != null && !now.close(leaving)) {
      log.warn("metering did not end within {}", CLOSE);
    }
  }

  private FailureException unavailable() {
    return new FailureException(FailureCode.STORE_UNAVAILABLE, "usage: " + trouble);
  }
}
