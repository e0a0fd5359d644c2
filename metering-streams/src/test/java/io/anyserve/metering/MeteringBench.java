package io.anyserve.metering;

import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.contracts.topic.TopicAdmin;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicSizes;
import io.anyserve.contracts.topic.Topics;
import io.anyserve.contracts.wire.TokenWire;
import io.anyserve.embedded.EmbeddedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;

/**
 * Measures how fast metering reads a log that is already there, against Kafka Streams doing nothing
 * with the same records in the same run. Prints records/s and the processor time of the stream
 * thread and of the whole process for each.
 *
 * <p>Arguments: requests (100000), records in a producer batch (4), rounds (3).
 */
final class MeteringBench {

  private static final int CHUNKS = 10;
  private static final int RECORDS = CHUNKS + 2;
  private static final int STREAMS = 256;
  private static final int PARTITIONS = 2;

  private final int requests;
  private final int batch;
  private final String brokers;
  private final Path directory;

  private MeteringBench(int requests, int batch, String brokers, Path directory) {
    this.requests = requests;
    this.batch = batch;
    this.brokers = brokers;
    this.directory = directory;
  }

  public static void main(String[] args) throws Exception {
    int requests = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    int batch = args.length > 1 ? Integer.parseInt(args[1]) : 4;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
    Path directory = Files.createTempDirectory("metering-bench");
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0)) {
      var bench = new MeteringBench(requests, batch, broker.bootstrapServers(), directory);
      for (int round = 1; round <= rounds; round++) {
        bench.round(new Topics("bench" + round + "."));
      }
    }
    System.exit(0);
  }

  private void round(Topics topics) throws Exception {
    var catalogue = new TopicCatalogue(topics, new TopicSizes(PARTITIONS, 1, 1));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      new TopicAdmin(admin, 1).create(catalogue.fixed());
    }
    fill(topics);
    Map<String, Object> settings = StreamsSettings.of(settings(topics));
    report("pass-through", passThrough(topics, settings));
    report("metering", metering(topics));
  }

  private MeteringSettings settings(Topics topics) {
    return MeteringSettings.of(
        KafkaSettings.of(brokers), topics, directory.resolve(topics.prefix()), 1);
  }

  private void fill(Topics topics) throws Exception {
    Map<String, Object> producer = new HashMap<>();
    producer.put("linger.ms", "0");
    producer.put("batch.size", Integer.toString(90 * batch));
    try (KafkaProducer<byte[], byte[]> out = KafkaSettings.of(brokers).producer("fill", producer)) {
      for (int from = 0; from < requests; from += STREAMS) {
        for (int step = 0; step < RECORDS; step++) {
          for (int i = from; i < Math.min(requests, from + STREAMS); i++) {
            Tokens request = Tokens.of(i, "acme", "session-" + (i % 1000));
            var record =
                switch (step) {
                  case 0 -> request.started(1, i);
                  case RECORDS - 1 -> request.finished(1, i, CHUNKS);
                  default -> request.chunk(1, i, step - 1, 1);
                };
            var _ =
                out.send(
                    new ProducerRecord<>(
                        topics.tokens(),
                        i % PARTITIONS,
                        request.request().bytes(),
                        TokenWire.encode(record)));
          }
        }
      }
    }
  }

  private Measured passThrough(Topics topics, Map<String, Object> settings) throws Exception {
    Map<String, Object> own = new HashMap<>(settings);
    own.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.prefix() + "pass");
    own.put(StreamsConfig.STATE_DIR_CONFIG, directory.resolve(topics.prefix() + "pass").toString());
    own.put("group.instance.id", "pass");
    StreamsBuilder builder = new StreamsBuilder();
    AtomicLong seen = new AtomicLong();
    CountDownLatch done = new CountDownLatch(1);
    long all = (long) requests * RECORDS;
    builder.stream(topics.tokens(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .foreach(
            (_, _) -> {
              if (seen.incrementAndGet() == all) {
                done.countDown();
              }
            });
    try (var streams = new KafkaStreams(builder.build(), new StreamsConfig(own))) {
      return measure(streams::start, done);
    }
  }

  private Measured metering(Topics topics) throws Exception {
    var registry = new SimpleMeterRegistry();
    CountDownLatch done = new CountDownLatch(1);
    var kafka = new KafkaLog(KafkaSettings.of(brokers), settings(topics).applicationId());
    var surroundings =
        new Surroundings(
            settings(topics),
            new Surroundings.Logs(kafka, kafka),
            MeteringHooks.NONE,
            new Surroundings.Meters(new MeteringMeters(registry), new AccountMeters(registry)),
            new Until((long) requests * CHUNKS, done),
            InstantSource.system());
    var topology = MeteringTopology.build(surroundings, 1);
    var config = new StreamsConfig(StreamsSettings.of(surroundings.settings()));
    try (var streams = new KafkaStreams(topology, config)) {
      return measure(streams::start, done);
    }
  }

  /** Waits for the tenant to have all tokens. */
  private record Until(long tokens, CountDownLatch done) implements UsageWatcher {

    @Override
    public void tenant(TenantUsage usage) {
      if (usage.totals().usage().completion() == tokens) {
        done.countDown();
      }
    }
  }

  private Measured measure(Runnable start, CountDownLatch done) throws InterruptedException {
    long cpu = processNanos();
    long begin = System.nanoTime();
    start.run();
    if (!done.await(5, TimeUnit.MINUTES)) {
      throw new IllegalStateException("not done after five minutes");
    }
    long took = System.nanoTime() - begin;
    return new Measured(took, streamNanos(), processNanos() - cpu);
  }

  private void report(String name, Measured measured) {
    double records = (double) requests * RECORDS;
    System.out.printf(
        "%-13s %,10.0f records/s  %5.2f us of the stream thread and %5.2f us of the process a"
            + " record  (%s)%n",
        name,
        records / measured.wall * 1e9,
        measured.stream / records / 1e3,
        measured.process / records / 1e3,
        Duration.ofNanos(measured.wall));
  }

  private static long processNanos() {
    return ((com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long streamNanos() {
    var threads = java.lang.management.ManagementFactory.getThreadMXBean();
    long nanos = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().contains("StreamThread-")) {
        nanos += Math.max(0, threads.getThreadCpuTime(thread.threadId()));
      }
    }
    return nanos;
  }

  /** Nanoseconds. */
  private record Measured(long wall, long stream, long process) {}
}
