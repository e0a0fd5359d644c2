package io.anyserve.metering;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Metering in a process of its own, for tests that kill it. */
final class MeteringProcess {

  /** Where others would ask it; nobody listens there. */
  static final int PORT = 2;

  private MeteringProcess() {}

  /** Arguments: bootstrap servers, topic prefix, state directory. */
  public static void main(String[] args) throws Exception {
    var metering =
        new Metering(
            MeteringConfig.of(
                    KafkaClients.of(args[0]), new TopicNames(args[1]), Path.of(args[2]), 1)
                .at("127.0.0.1", PORT),
            new SimpleMeterRegistry(),
            InstantSource.system());
    metering.start();
    new CountDownLatch(1).await();
  }

  static Process start(String brokers, TopicNames topics, Path state) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                MeteringProcess.class.getName(),
                brokers,
                topics.prefix(),
                state.toString()))
        .redirectErrorStream(true)
        .redirectOutput(state.resolveSibling("metering-process.log").toFile())
        .start();
  }
}
