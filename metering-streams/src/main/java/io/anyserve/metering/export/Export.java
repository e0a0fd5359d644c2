package io.anyserve.metering.export;

import io.anyserve.contracts.topic.TopicSpec;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.ComponentGroup;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.DeadLetterProducer;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Hands every ledger entry on as a CloudEvents 1.0 event, to a topic, to an HTTP endpoint, to both
 * or to none, as the settings say. All instances of metering share the work.
 */
public final class Export implements Component {

  private static final Duration KEPT = Duration.ofDays(7);
  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final Duration LONGEST_STEP = Duration.ofMinutes(5);
  private static final int TOPIC_BATCH = 1_000;
  private static final int MOST_SENDS = 40;
  private static final String INSTANCE_FILE = "export-id";

  private final ExportConfig settings;
  private final MeteringConfig metering;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ComponentGroup loops;

  public Export(
      ExportConfig settings,
      MeteringConfig metering,
      MeterRegistry registry,
      InstantSource clock,
      LongSupplier nanos) {
    this.settings = settings;
    this.metering = metering;
    this.clock = clock;
    this.nanos = nanos;
    this.loops = new ComponentGroup(loops(registry));
  }

  private List<Component> loops(MeterRegistry registry) {
    List<Component> all = new ArrayList<>();
    settings.topic().ifPresent(topic -> all.add(topicLoop(registry, topic)));
    settings.endpoint().ifPresent(_ -> all.add(httpLoop(registry)));
    return all;
  }

  private Component topicLoop(MeterRegistry registry, String topic) {
    ExportMetrics meters = new ExportMetrics(registry, "topic");
    return new ExportLoop("topic", () -> topicExporter(topic, meters), meters, CLOSING);
  }

  private Component httpLoop(MeterRegistry registry) {
    ExportMetrics meters = new ExportMetrics(registry, "http");
    return new ExportLoop(
        "http", () -> httpExporter(meters), meters, settings.timeout().plus(CLOSING));
  }

  private Exporter topicExporter(String topic, ExportMetrics meters)
      throws IOException, InterruptedException {
    var consumer = ledger("topic").open(TOPIC_BATCH, LONGEST_STEP.toMillis());
    try {
      create(topic, consumer.partitionsFor(metering.topics().usage()).size());
      KafkaProducer<byte[], byte[]> producer = transactional();
      return new TopicExporter(
          consumer, producer, metering.topics(), topic, settings.source(), meters);
    } catch (IOException | RuntimeException | InterruptedException e) {
      consumer.close();
      throw e;
    }
  }

  private KafkaProducer<byte[], byte[]> transactional() throws IOException {
    KafkaProducer<byte[], byte[]> producer =
        metering
            .kafka()
            .newProducer("metering-export", Map.of("transactional.id", transactionalId()));
    try {
      producer.initTransactions();
      return producer;
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
  }

  private void create(String topic, int partitions) throws InterruptedException {
    TopicSpec spec =
        new TopicSpec(
            topic,
            "Ledger lines as CloudEvents",
            "tenant, UTF-8",
            "CloudEvents 1.0 JSON",
            Math.max(1, partitions),
            Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(KEPT.toMillis())));
    try (var admin = metering.kafka().newAdmin("metering-export")) {
      new TopicAdmin(admin, metering.replication()).create(List.of(spec));
    }
  }

  /** The same after a restart, which then ends at once what the one before left open. */
  private String transactionalId() throws IOException {
    Path file = Files.createDirectories(metering.stateDirectory()).resolve(INSTANCE_FILE);
    if (!Files.exists(file)) {
      Files.writeString(file, UUID.randomUUID().toString());
    }
    return metering.applicationId() + ".export." + Files.readString(file).strip();
  }

  private Exporter httpExporter(ExportMetrics meters) {
    long longestStep =
        Math.max(LONGEST_STEP.toMillis(), settings.timeout().toMillis() * MOST_SENDS);
    var consumer = ledger("http").open(settings.batch(), Math.min(longestStep, Integer.MAX_VALUE));
    var receiver = new HttpEventSink(settings, clock);
    return new HttpExporter(
        consumer,
        settings.source(),
        receiver,
        new DeadLetterProducer(metering.kafka(), metering.topics(), "metering-export-letters"),
        meters,
        nanos);
  }

  private LedgerConsumer ledger(String sink) {
    return new LedgerConsumer(metering.kafka(), metering.topics(), sink);
  }

  @Override
  public void start() throws Exception {
    loops.start();
  }

  @Override
  public Health health() {
    return loops.health();
  }

  @Override
  public void close() {
    loops.close();
  }
}
