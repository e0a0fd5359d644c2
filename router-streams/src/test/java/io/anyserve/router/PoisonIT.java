package io.anyserve.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A router with a heap of 256 MiB, and records that are larger than that once decompressed. */
@Timeout(300)
final class PoisonIT {

  private static final TopicNames TOPICS = new TopicNames("");
  private static final int BOMBS = 20;
  private static final int GOOD = 200;
  private static final int LARGER_THAN_THE_HEAP = 300 << 20;

  /** It fits once, but not with a copy of itself. */
  private static final int MOST_OF_THE_HEAP = 150 << 20;

  @TempDir private Path directory;

  @Test
  void recordsThatCannotBeHeldAreBuriedAndTheOthersRouted() throws Exception {
    try (var broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
        var log = new RouterTestLog(broker.bootstrapServers(), TOPICS)) {
      log.create("story");
      log.announce(Samples.worker("w1", InstantSource.system().instant(), "story"));
      var sender = fork("1500m", "send", broker.bootstrapServers(), "-");
      String sent = new String(sender.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, sender.waitFor(), sent);
      String printed = routed(broker.bootstrapServers(), log);
      assertFalse(printed.contains("died"), printed);
      assertTrue(printed.contains("read as a stream"), printed);
    }
  }

  /** What the router printed until everything was routed. */
  private String routed(String servers, RouterTestLog log) throws Exception {
    Path output = directory.resolve("router.log");
    Process router = fork("256m", "route", servers, directory.resolve("state").toString(), output);
    try {
      List<ConsumerRecord<byte[], byte[]>> letters =
          Awaitility.await(TOPICS.deadLetters())
              .atMost(Duration.ofSeconds(200))
              .conditionEvaluationListener(ignored -> assertTrue(router.isAlive()))
              .until(() -> log.all(TOPICS.deadLetters()), found -> found.size() >= BOMBS);
      assertEquals(GOOD, log.await("story.batch", GOOD).size());
      assertEquals(BOMBS, letters.size());
      assertEquals(BOMBS, log.awaitAll(TOPICS.results(), BOMBS).size());
    } catch (Throwable e) {
      throw new AssertionError(Files.readString(output), e);
    } finally {
      router.destroyForcibly().waitFor();
    }
    return Files.readString(output);
  }

  private static Process fork(String heap, String what, String servers, String state)
      throws Exception {
    return program(heap, what, servers, state).start();
  }

  private static Process fork(String heap, String what, String servers, String state, Path output)
      throws Exception {
    return program(heap, what, servers, state).redirectOutput(output.toFile()).start();
  }

  private static ProcessBuilder program(String heap, String what, String servers, String state) {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "-Drouter.log=WARN",
            "-cp",
            System.getProperty("java.class.path"),
            PoisonIT.class.getName(),
            what,
            servers,
            state)
        .redirectErrorStream(true);
  }

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "send" -> send(args[1]);
      case "route" -> route(args[1], Path.of(args[2]));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  /** Bombs alone in a batch, beside others in one, and in a row. */
  private static void send(String servers) throws Exception {
    Map<String, String> settings =
        Map.of(
            "compression.type",
            "zstd",
            "linger.ms",
            "200",
            "batch.size",
            String.valueOf(LARGER_THAN_THE_HEAP + (1 << 20)),
            "buffer.memory",
            String.valueOf(2L * LARGER_THAN_THE_HEAP + (64 << 20)),
            "max.request.size",
            String.valueOf(LARGER_THAN_THE_HEAP + (4 << 20)));
    try (var producer = KafkaClients.of(servers).newProducer("sender", settings)) {
      byte[] large = letters(LARGER_THAN_THE_HEAP);
      byte[] tight = letters(MOST_OF_THE_HEAP);
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < GOOD; i++) {
        sent.add(producer.send(new ProducerRecord<>(TOPICS.intake(), 0, null, good(i))));
        if (i % 10 == 9) {
          byte[] bomb = i % 20 == 9 ? large : tight;
          sent.add(
              producer.send(
                  new ProducerRecord<>(TOPICS.intake(), 0, Samples.id(1000 + i).bytes(), bomb)));
        }
        if (i % 50 == 0) {
          producer.flush();
        }
      }
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    }
  }

  private static byte[] good(int number) {
    String json = "{\"capability\":\"story\",\"prompt\":\"number " + number + "\"}";
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] letters(int count) {
    byte[] letters = new byte[count];
    Arrays.fill(letters, (byte) 'a');
    return letters;
  }

  private static void route(String servers, Path state) throws Exception {
    RouterConfig settings = RouterConfig.standalone(KafkaClients.of(servers), TOPICS, state);
    try (var router = new Router(settings, InstantSource.system(), new SimpleMeterRegistry())) {
      router.start();
      System.in.transferTo(java.io.OutputStream.nullOutputStream());
    }
  }
}
