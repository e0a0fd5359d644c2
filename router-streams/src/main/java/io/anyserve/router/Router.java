package io.anyserve.router;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.router.connection.WorkerConnections;
import io.anyserve.router.conversations.ConversationTopology;
import io.anyserve.router.conversations.Conversations;
import io.anyserve.router.conversations.grpc.ConversationGrpcService;
import io.anyserve.router.intake.IntakeRules;
import io.anyserve.router.intake.IntakeTopology;
import io.anyserve.router.load.LoadMetrics;
import io.anyserve.router.load.ShareGroupBacklog;
import io.anyserve.router.recovery.InFlightIndex;
import io.anyserve.router.recovery.LostRequestRecovery;
import io.anyserve.router.recovery.RecoveryThread;
import io.anyserve.router.recovery.RequestCopyProducer;
import io.anyserve.router.results.ResultsTopology;
import io.anyserve.router.results.RouterDependencies;
import io.anyserve.router.status.PeerRouters;
import io.anyserve.router.status.RequestStatusLookup;
import io.anyserve.router.status.RouterServer;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.ComponentGroup;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaLogReader;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.runtime.kafka.ReusedLogReader;
import io.anyserve.runtime.kafka.SeekableLogReader;
import io.anyserve.runtime.streams.StreamsClients;
import io.anyserve.runtime.streams.StreamsConfigs;
import io.anyserve.runtime.streams.StreamsService;
import io.anyserve.runtime.streams.TopicPreflight;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;

/**
 * Routes the records of {@code intake}, writes the results of asynchronous requests, publishes the
 * requests of lost workers again, answers questions about requests, and keeps conversations. It
 * runs three applications of Kafka Streams and a gRPC server. Any thread may ask for its health;
 * one starts and closes it.
 */
public final class Router implements Component {

  private static final String NAME = "router";

  /**
   * Bytes of a record of {@code intake}, decompressed: what is sent on must fit a request topic,
   * and JSON may write each character with six.
   */
  private static final int LARGEST_SUBMISSION = 4 << 20;

  private static final Duration TOPICS_WAIT = Duration.ofSeconds(60);

  /** A read of the log fails after 5 seconds, as somebody waits for it. */
  private static final Map<String, String> LOG_READER = Map.of("default.api.timeout.ms", "5000");

  /**
   * The recovery's reader, too. It reads what is there: a fetch that waited for more at the end of
   * a partition would hold up the next reading.
   */
  private static final Map<String, String> RECOVERY_READER =
      Map.of(
          "default.api.timeout.ms", "5000", "fetch.max.wait.ms", "10", "max.poll.records", "10000");

  /** A copy that is not in the log after that is written again. */
  private static final Map<String, String> RECOVERY_PRODUCER =
      Map.of("max.block.ms", "5000", "request.timeout.ms", "4000", "delivery.timeout.ms", "10000");

  private final RouterConfig settings;
  private final InstantSource clock;
  private final RouterMetrics meters;
  private final MeterRegistry registry;
  private final InFlightIndex requests = new InFlightIndex();
  private final WorkerConnections workers = new WorkerConnections();
  private final SeekableLogReader past;
  private final RequestStatusLookup status;
  private final Conversations conversations;
  private final RouterServer server;
  private final ComponentGroup listening;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable ComponentGroup parts;

  public Router(RouterConfig settings, InstantSource clock, MeterRegistry registry) {
    this.settings = settings;
    this.clock = clock;
    this.registry = registry;
    this.meters = new RouterMetrics(registry);
    Gauge.builder("anyserve.router.workers.connected", workers, WorkerConnections::connected)
        .description("Workers that keep a call open to this router")
        .register(registry);
    this.past = new KafkaLogReader(settings.kafka(), NAME, LOG_READER);
    this.status = new RequestStatusLookup(requests, settings.topics(), past, clock);
    this.conversations = new Conversations(settings.kafka(), settings.topics());
    this.server = newServer();
    this.listening = new ComponentGroup(List.of(server));
  }

  private RouterServer newServer() {
    var others = new PeerRouters();
    return new RouterServer(
        settings.listen(),
        status,
        workers,
        clock,
        others,
        List.of(new ConversationGrpcService(conversations, others, clock).definition()));
  }

  /**
   * Waits for the topics and begins; healthy a little later.
   *
   * @throws IllegalStateException when topics are still missing after a minute, naming them
   */
  @Override
  public void start() throws Exception {
    Map<String, Integer> partitions = partitions();
    listening.start();
    ComponentGroup starting = new ComponentGroup(applications(partitions));
    starting.start();
    parts = starting;
  }

  /** The address of the gRPC service, once started. */
  public InetSocketAddress address() {
    return server.address();
  }

  private Map<String, Integer> partitions() throws InterruptedException {
    return new TopicPreflight(requiredTopics(settings.topics()), System::nanoTime)
        .await(settings.kafka(), settings.topics().prefix() + NAME, TOPICS_WAIT, stopping);
  }

  /** The topics that a router cannot work without. */
  static Set<String> requiredTopics(TopicNames topics) {
    return Set.of(
        topics.intake(),
        topics.tokens(),
        topics.workers(),
        topics.capabilities(),
        topics.results(),
        topics.usage(),
        topics.conversations(),
        topics.deadLetters());
  }

  private List<Component> applications(Map<String, Integer> partitions) {
    var rules =
        new IntakeRules(
            partitions.getOrDefault(settings.topics().intake(), 1),
            partitions.getOrDefault(settings.topics().tokens(), 1),
            settings.asynchronousDeadline(),
            IntakeRules.DEFAULT_MAX_RECORD_BYTES);
    var tuning = new RouterStreamsConfig(settings);
    var dependencies =
        new RouterDependencies(
            settings.topics(), rules.maxRecordBytes(), past, requests, clock, meters);
    var results =
        service(
            "router results",
            () -> ResultsTopology.build(dependencies),
            tuning.results(server.address()),
            RouterStreamsConfig.GATHERING);
    status.attach(results);
    return List.of(
        service(
            "router intake",
            () -> IntakeTopology.build(settings.topics(), rules, clock, meters),
            tuning.intake(),
            Duration.ZERO),
        results,
        conversations(tuning, partitions.getOrDefault(settings.topics().conversations(), 1)),
        recovery(),
        new LoadMetrics(
            requests,
            new ShareGroupBacklog(
                settings.topics(), () -> settings.kafka().newAdmin(NAME + "-load")),
            registry));
  }

  private StreamsService conversations(RouterStreamsConfig tuning, int partitions) {
    var application =
        service(
            "router conversations",
            () ->
                ConversationTopology.build(
                    settings.topics().conversations(), conversations.applied()),
            tuning.conversations(server.address()),
            Duration.ZERO);
    conversations.attach(
        application,
        partitions,
        HostInfo.buildFromEndpoint(StreamsConfigs.applicationServer(server.address())));
    return application;
  }

  private RecoveryThread recovery() {
    var reader =
        new ReusedLogReader(
            () ->
                new PartitionRangeReader(
                    settings
                        .kafka()
                        .newAssignedConsumer(
                            NAME + "-recovery", IsolationLevel.READ_COMMITTED, RECOVERY_READER)));
    var copies =
        new RequestCopyProducer(
            () -> settings.kafka().newProducer(NAME + "-recovery", RECOVERY_PRODUCER));
    var recovery =
        new LostRequestRecovery(
            settings.topics().tokens(), requests, workers, reader, copies, meters);
    return new RecoveryThread(
        recovery,
        workers,
        clock,
        () -> {
          reader.close();
          copies.close();
        });
  }

  /**
   * A mistake in the settings ends the start. The other routers take the partitions of one that
   * stops at once.
   */
  private StreamsService service(
      String name, Supplier<Topology> topology, Map<String, Object> config, Duration gathering) {
    return new StreamsService(
        new StreamsService.Policy(
            name,
            StreamsService.FirstStart.MUST_SUCCEED,
            CloseOptions.GroupMembershipOperation.LEAVE_GROUP),
        () ->
            new KafkaStreams(
                topology.get(),
                new StreamsConfig(config),
                new StreamsClients(LARGEST_SUBMISSION, gathering)),
        registry);
  }

  @Override
  public Health health() {
    ComponentGroup running = parts;
    return running == null ? new Health.Down(NAME, "waits for its topics") : running.health();
  }

  @Override
  public void close() {
    stopping.countDown();
    ComponentGroup running = parts;
    if (running != null) {
      running.close();
    }
    listening.close();
    conversations.close();
  }
}
