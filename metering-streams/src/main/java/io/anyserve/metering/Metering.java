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
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what requests use, from the topic {@code tokens} into {@code usage} and {@code
 * usage.sessions}, and answers what sessions used. Kafka Streams owns the thread that counts; when
 * it fails, all of it is opened again after a pause, for as long as it takes. Thread-safe.
 */
public final class Metering implements Part, SessionLedger {

  private static final Logger log = LoggerFactory.getLogger(Metering.class);
  private static final String NAME = "metering";
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final MeteringSettings settings;
  private final Surroundings surroundings;
  private final SessionFeed feed = new SessionFeed();
  private final ScheduledExecutorService restarts =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("metering-restart").factory());
  private volatile Future<?> restart = CompletableFuture.completedFuture(null);
  private volatile @Nullable KafkaStreams streams;
  private volatile @Nullable Throwable fault;

  public Metering(MeteringSettings settings, MeterRegistry registry, InstantSource clock) {
    this.settings = settings;
    this.surroundings =
        new Surroundings(
            settings, new KafkaTokenLog(settings.kafka()), new MeteringMeters(registry), clock);
  }

  /** Throws when the state directory is unusable, or in use by another instance. */
  @Override
  public void start() throws IOException {
    open();
  }

  /** Down with the reason until every partition that is this instance's is being counted. */
  @Override
  public Health health() {
    KafkaStreams now = streams;
    if (now == null) {
      return new Health.Down(NAME, "not started");
    }
    return switch (now.state()) {
      case RUNNING -> Health.UP;
      case CREATED, REBALANCING -> new Health.Down(NAME, "waits for its partitions or restores");
      case PENDING_SHUTDOWN, NOT_RUNNING -> new Health.Down(NAME, "closed");
      case PENDING_ERROR, ERROR -> new Health.Down(NAME, "failed, tries again: " + fault);
    };
  }

  @Override
  public Optional<SessionUsage> find(TenantId tenant, SessionId session) {
    KafkaStreams now = streams;
    if (now == null) {
      throw unavailable("not started");
    }
    try {
      return Optional.ofNullable(
          now.store(
                  StoreQueryParameters.fromNameAndType(
                      MeteringTopology.SESSIONS,
                      QueryableStoreTypes.<String, SessionUsage>keyValueStore()))
              .get(SessionTotals.key(tenant, session)));
    } catch (InvalidStateStoreException e) {
      throw unavailable(now.state() + ", " + e.getMessage());
    }
  }

  @Override
  public Watch watch(TenantId tenant, SessionId session, Consumer<SessionUsage> watcher) {
    return feed.watch(tenant, session, watcher);
  }

  /** Commits what is counted. */
  @Override
  public void close() {
    restart.cancel(true);
    restarts.shutdownNow();
    shut();
  }

  private synchronized void open() throws IOException {
    KafkaStreams opened =
        new KafkaStreams(
            MeteringTopology.build(surroundings, feed),
            new StreamsConfig(StreamsSettings.of(settings)));
    opened.setUncaughtExceptionHandler(this::failed);
    opened.setStateListener((state, _) -> changed(state));
    opened.start();
    streams = opened;
  }

  private StreamThreadExceptionResponse failed(Throwable failure) {
    log.error("metering failed and starts again in {}", PAUSE, failure);
    fault = failure;
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private void changed(KafkaStreams.State state) {
    if (state == KafkaStreams.State.ERROR) {
      reopenLater();
    }
  }

  private void reopenLater() {
    if (!restarts.isShutdown()) {
      restart = restarts.schedule(this::reopen, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void reopen() {
    shut();
    try {
      open();
    } catch (IOException | KafkaException e) {
      log.error("metering does not start and tries again in {}", PAUSE, e);
      fault = e;
      reopenLater();
    }
  }

  private synchronized void shut() {
    KafkaStreams now = streams;
    if (now != null && !now.close(CLOSE)) {
      log.warn("metering did not end within {}", CLOSE);
    }
  }

  private static FailureException unavailable(String why) {
    return new FailureException(FailureCode.STORE_UNAVAILABLE, "usage: " + why);
  }
}
