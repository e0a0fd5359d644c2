package io.anyserve.router;

import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.streams.StreamsClients;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One topology that runs, and runs again with a new client when one ends. Thread-safe. */
final class StreamsApplication implements Component {

  private static final Logger log = LoggerFactory.getLogger(StreamsApplication.class);

  /**
   * Bytes of a record of {@code intake}, decompressed: what is sent on must fit a request topic,
   * and JSON may write each character with six.
   */
  private static final int LARGEST_SUBMISSION = 4 << 20;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** The group does not wait for who has left it. */
  private static final CloseOptions LEAVING =
      CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
          .withTimeout(CLOSE_TIMEOUT);

  private final String name;
  private final Supplier<Topology> topology;
  private final Map<String, Object> config;
  private final RestartPolicy restarts;
  private final MeterRegistry registry;
  private @Nullable KafkaStreamsMetrics metrics;
  private volatile @Nullable KafkaStreams streams;

  /**
   * @param topology made anew for each client
   */
  StreamsApplication(
      String name,
      Supplier<Topology> topology,
      Map<String, Object> config,
      MeterRegistry registry) {
    this.name = name;
    this.topology = topology;
    this.config = config;
    this.registry = registry;
    this.restarts = new RestartPolicy(name, new RestartBackoff(System::nanoTime));
  }

  @Override
  public synchronized void start() {
    KafkaStreams client =
        new KafkaStreams(
            topology.get(), new StreamsConfig(config), new StreamsClients(LARGEST_SUBMISSION));
    client.setUncaughtExceptionHandler(restarts);
    client.setStateListener((now, before) -> restartWhenEnded(client, now));
    streams = client;
    measure(client);
    client.start();
  }

  private void measure(@Nullable KafkaStreams client) {
    if (metrics != null) {
      metrics.close();
    }
    metrics = client == null ? null : new KafkaStreamsMetrics(client);
    if (metrics != null) {
      metrics.bindTo(registry);
    }
  }

  @Override
  public Health health() {
    KafkaStreams client = streams;
    if (client == null) {
      return new Health.Down(name, "not started");
    }
    State state = client.state();
    return state == State.RUNNING
        ? Health.UP
        : new Health.Down(name, state + restarts.lastFailure().map(", "::concat).orElse(""));
  }

  @Override
  public synchronized void close() {
    restarts.stop();
    measure(null);
    if (streams != null) {
      streams.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    }
  }

  /** A store of the tasks that run here; empty while it cannot be read. */
  <T> Optional<T> store(String storeName, QueryableStoreType<T> type) {
    KafkaStreams client = streams;
    if (client == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(client.store(StoreQueryParameters.fromNameAndType(storeName, type)));
    } catch (InvalidStateStoreException elsewhereOrLater) {
      return Optional.empty();
    }
  }

  /** Where the application's instances can be asked, this one among them. */
  Set<HostInfo> instances() {
    KafkaStreams client = streams;
    if (client == null || !client.state().isRunningOrRebalancing()) {
      return Set.of();
    }
    return client.metadataForAllStreamsClients().stream()
        .map(StreamsMetadata::hostInfo)
        .filter(host -> host.port() > 0)
        .collect(Collectors.toUnmodifiableSet());
  }

  private void restartWhenEnded(KafkaStreams client, State now) {
    if (now == State.ERROR) {
      Thread.ofVirtual().name(name + " restart").start(() -> restart(client));
    }
  }

  private void restart(KafkaStreams ended) {
    if (restarts.pause()) {
      log.warn("{} ended and starts again", name);
      synchronized (this) {
        if (!restarts.stopped()) {
          ended.close(LEAVING);
          start();
        }
      }
    }
  }
}
