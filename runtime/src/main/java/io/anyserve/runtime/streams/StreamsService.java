package io.anyserve.runtime.streams;

import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an application of Kafka Streams, and runs it again with a new client whenever one ends, for
 * as long as it takes:
 *
 * <pre>
 * start -> prepare -> discard stores that cannot be read -> REBALANCING -> RUNNING
 *             ^                                                  |            |
 *             |              any step fails, a thread dies, ERROR             |
 *             +- leave the group <- pause <-----------------------------------+
 * </pre>
 *
 * <p>Kafka Streams owns the threads that process; a virtual thread starts again. Thread-safe.
 */
public final class StreamsService implements Component {

  private static final Logger log = LoggerFactory.getLogger(StreamsService.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** What becomes of a first start that fails. */
  public enum FirstStart {
    /** {@link #start} does it, and throws what fails. */
    MUST_SUCCEED,
    /** {@link #start} returns at once, and failures are tried again like later ones. */
    IS_RETRIED
  }

  /**
   * How an application is run.
   *
   * @param name in health and log
   * @param membership at {@link #close}; before a start the group is always left
   */
  public record Policy(String name, FirstStart firstStart, GroupMembershipOperation membership) {}

  private final Policy policy;
  private final StreamsApplication application;
  private final MeterRegistry registry;
  private final RestartPolicy restarts;
  private final AtomicBoolean discardStores = new AtomicBoolean();
  private volatile @Nullable Client current;
  private volatile @Nullable Thread preparing;
  private volatile String waiting = "not started";

  public StreamsService(Policy policy, StreamsApplication application, MeterRegistry registry) {
    this.policy = policy;
    this.application = application;
    this.registry = registry;
    this.restarts = new RestartPolicy(policy.name(), new RestartBackoff(System::nanoTime));
  }

  /**
   * A client that was started or is about to be.
   *
   * @param failure null as long as nothing of it has died
   */
  private record Client(
      KafkaStreams streams,
      KafkaStreamsMetrics metrics,
      AtomicReference<@Nullable String> failure) {}

  @Override
  public void start() throws IOException, InterruptedException {
    waiting = "starts";
    switch (policy.firstStart()) {
      case MUST_SUCCEED -> openOnce();
      case IS_RETRIED -> Thread.ofVirtual().name(policy.name() + " start").start(this::openAtLast);
    }
  }

  /** Down with the reason until the client is RUNNING with all of its threads. */
  @Override
  public Health health() {
    Client client = current;
    if (restarts.stopped()) {
      return down("closed");
    }
    if (client == null) {
      return down(waiting);
    }
    State state = client.streams().state();
    @Nullable String failure = client.failure().get();
    if (failure != null) {
      return down(state + ", starts again: " + failure);
    }
    String doing = state == State.REBALANCING ? ": waits for partitions or restores stores" : "";
    return state == State.RUNNING
        ? Health.UP
        : down(state + doing + restarts.lastFailure().map(", after "::concat).orElse(""));
  }

  private Health down(String why) {
    return new Health.Down(policy.name(), why);
  }

  /** The client while it is {@link State#RUNNING}. */
  public Optional<KafkaStreams> running() {
    Client client = current;
    return client != null && client.streams().state() == State.RUNNING
        ? Optional.of(client.streams())
        : Optional.empty();
  }

  /** A store of the tasks that run here; empty while it cannot be read. */
  public <T> Optional<T> store(String storeName, QueryableStoreType<T> type) {
    Client client = current;
    if (client == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          client.streams().store(StoreQueryParameters.fromNameAndType(storeName, type)));
    } catch (InvalidStateStoreException elsewhereOrLater) {
      return Optional.empty();
    }
  }

  /** Where the application's instances can be asked, this one among them. */
  public Set<HostInfo> instances() {
    Client client = current;
    if (client == null || !client.streams().state().isRunningOrRebalancing()) {
      return Set.of();
    }
    return client.streams().metadataForAllStreamsClients().stream()
        .map(StreamsMetadata::hostInfo)
        .filter(host -> host.port() > 0)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Commits what is processed, and keeps or leaves the group as the policy says. */
  @Override
  public void close() {
    restarts.stop();
    Thread prepares = preparing;
    if (prepares != null) {
      prepares.interrupt();
    }
    synchronized (this) {
      end(policy.membership());
    }
  }

  private void openOnce() throws IOException, InterruptedException {
    try {
      prepare();
      open();
    } catch (IOException | RuntimeException | Error e) {
      restarts.stop();
      throw e;
    }
  }

  private void openAtLast() {
    boolean again = true;
    while (again) {
      try {
        prepare();
        open();
        return;
      } catch (StartedAgainException e) {
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (Exception | Error e) {
        again = retryAfter(e);
      }
    }
  }

  /** Returns whether to go on, after a pause. */
  private boolean retryAfter(Throwable failure) {
    waiting = String.valueOf(failure.getMessage());
    log.warn("{} could not start and retries: {}", policy.name(), waiting);
    noteStores(failure);
    restarts.remember(failure);
    return restarts.pause();
  }

  private void noteStores(Throwable failure) {
    if (StoreFailures.include(failure)) {
      discardStores.set(true);
    }
  }

  private void prepare() throws IOException, InterruptedException {
    preparing = Thread.currentThread();
    try {
      endPrevious();
      if (!restarts.stopped() && application.prepare()) {
        discardStores.set(true);
      }
    } finally {
      preparing = null;
    }
  }

  /** Two clients in one directory and under one membership get in each other's way. */
  private synchronized void endPrevious() throws IOException {
    if (!end(GroupMembershipOperation.LEAVE_GROUP)) {
      throw new IOException("the client before has not ended within " + CLOSE_TIMEOUT);
    }
    current = null;
  }

  private synchronized void open() throws IOException {
    if (restarts.stopped()) {
      return;
    }
    Client opened = watched(application.newClient());
    current = opened;
    if (discardStores.get()) {
      log.warn("{} discards its stores and restores them from Kafka", policy.name());
      opened.streams().cleanUp();
      discardStores.set(false);
    }
    opened.metrics().bindTo(registry);
    try {
      opened.streams().start();
    } catch (RuntimeException e) {
      if (opened.failure().compareAndSet(null, e.toString())) {
        throw e;
      }
      throw new StartedAgainException(e);
    }
  }

  private Client watched(KafkaStreams streams) {
    Client client = new Client(streams, new KafkaStreamsMetrics(streams), new AtomicReference<>());
    streams.setUncaughtExceptionHandler(failure -> threadDied(client, failure));
    streams.setStateListener((now, _) -> changed(client, now));
    return client;
  }

  private StreamThreadExceptionResponse threadDied(Client client, Throwable failure) {
    noteStores(failure);
    StreamThreadExceptionResponse response = restarts.handle(failure);
    ended(client, failure.toString());
    return response;
  }

  private void changed(Client client, State now) {
    log.info("{} is {}", policy.name(), now);
    switch (now) {
      case RUNNING -> restarts.recovered();
      case ERROR -> ended(client, "all its threads died");
      case CREATED, REBALANCING, PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR -> {}
    }
  }

  /** Starts again once for each client, however many signs there are that it ended. */
  private void ended(Client client, String failure) {
    if (client.failure().compareAndSet(null, failure)) {
      Thread.ofVirtual().name(policy.name() + " restart").start(this::restart);
    }
  }

  private void restart() {
    if (restarts.pause()) {
      log.warn("{} ended and restarts", policy.name());
      openAtLast();
    }
  }

  /** False when it did not end in time. */
  private boolean end(GroupMembershipOperation membership) {
    Client client = current;
    if (client == null) {
      return true;
    }
    client.metrics().close();
    CloseOptions options =
        CloseOptions.groupMembershipOperation(membership).withTimeout(CLOSE_TIMEOUT);
    boolean ended = client.streams().close(options);
    if (!ended) {
      log.warn("{} did not close within {}", policy.name(), CLOSE_TIMEOUT);
    }
    return ended;
  }

  /** A start failed and the death of a thread of the same client has started it again already. */
  private static final class StartedAgainException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StartedAgainException(RuntimeException cause) {
      super(cause);
    }
  }
}
