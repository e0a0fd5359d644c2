package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quotas are set and shown by the log alone, which has several partitions here. */
final class QuotaCommandIT {

  @TempDir private static Path directory;
  private static EmbeddedBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedBroker.start(directory, 0);
    try (var admin = KafkaClients.of(broker.bootstrapServers()).newAdmin("test")) {
      new TopicAdmin(admin, 1)
          .create(
              new TopicCatalogue(
                      TopicNames.withDefaultPrefix(), new TopicPartitioning(1, 1, 1, 3, 1))
                  .fixed());
    }
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void whatIsSetIsListedAndShownUntilItIsRemoved() {
    assertDone(run("set", "--tenant", "acme", "--tokens-per-day", "500", "--cost-per-month=1.5"));
    assertDone(run("set", "--tenant", "acme", "--session", "*", "--requests-per-minute", "0"));
    assertDone(run("set", "--tenant", "other", "--key", "k1", "--tokens-per-minute", "7"));
    assertEquals(
        """
        acme: 500 tokens per day, 1500000 cost per month
        acme/session/*: 0 requests per minute
        other/key/k1: 7 tokens per minute
        """,
        run("list").out().replace("\r\n", "\n"));

    String shown = run("show", "--tenant", "acme").out();
    assertEquals(3, shown.lines().count(), shown);
    assertTrue(shown.contains("500            0            0          500  20"), shown);

    assertDone(run("remove", "--tenant", "acme"));
    String left = run("list").out();
    assertFalse(left.contains("acme:"), left);
    assertTrue(left.contains("acme/session/*"), left);
  }

  @Test
  void absurdLimitsAreRefused() {
    assertMistake("tokens per day: -5", "--tokens-per-day=-5");
    assertMistake("tokens per day: 9000000000000000000", "--tokens-per-day=9000000000000000000");
    assertMistake("cost: 0.0000001", "--cost-per-day=0.0000001");
    assertMistake("no limit");
    assertMistake("--tokens-per-day", "--tokens-per-day=many");
  }

  private static void assertMistake(String expected, String... limits) {
    List<String> arguments = new ArrayList<>(List.of("set", "--tenant", "acme"));
    arguments.addAll(List.of(limits));
    Said said = run(arguments.toArray(String[]::new));
    assertEquals(2, said.exitCode());
    assertTrue(said.err().contains(expected), said.err());
  }

  private static void assertDone(Said said) {
    assertEquals(0, said.exitCode(), said.err());
  }

  private static Said run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("quota"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--kafka", broker.bootstrapServers()));
    return Said.by(all.toArray(String[]::new));
  }
}
