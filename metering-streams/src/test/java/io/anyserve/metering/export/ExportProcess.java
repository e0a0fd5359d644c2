package io.anyserve.metering.export;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The export to a topic in a process of its own, for tests that kill it. */
final class ExportProcess {

  private ExportProcess() {}

  /** Arguments: bootstrap servers, topic prefix, state directory, topic. */
  public static void main(String[] args) throws Exception {
    topic(KafkaClients.of(args[0]), new TopicNames(args[1]), Path.of(args[2]), args[3]).start();
    new CountDownLatch(1).await();
  }

  static Export topic(KafkaClients kafka, TopicNames topics, Path state, String topic) {
    var settings =
        new ExportConfig(
            ExportConfig.DEFAULT_SOURCE,
            Optional.of(topic),
            Optional.empty(),
            Optional.empty(),
            ExportConfig.DEFAULT_BATCH,
            Duration.ofSeconds(5));
    return new Export(
        settings,
        MeteringConfig.of(kafka, topics, state, 1),
        new SimpleMeterRegistry(),
        InstantSource.system(),
        System::nanoTime);
  }

  static Process start(String brokers, TopicNames topics, Path state, String topic)
      throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                ExportProcess.class.getName(),
                brokers,
                topics.prefix(),
                state.toString(),
                topic))
        .redirectErrorStream(true)
        .redirectOutput(state.resolveSibling("export-process.log").toFile())
        .start();
  }
}
