package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Price books and the ledger from the command line, against a real broker. */
@Timeout(240)
final class PricesCommandIT {

  @TempDir private Path folder;

  @Test
  void booksAreSetAndTheLedgerIsPricedAnewAndVerified() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
      KafkaClients kafka = KafkaClients.of(broker.bootstrapServers());
      try (var admin = kafka.newAdmin("test")) {
        new TopicAdmin(admin, 1)
            .create(
                new TopicCatalogue(TopicNames.withDefaultPrefix(), TopicPartitioning.STANDALONE)
                    .fixed());
      }
      setting(broker.bootstrapServers());
      ledger(kafka, broker.bootstrapServers());
    }
  }

  private void setting(String kafka) throws IOException {
    Path first = book("v1", "2026-01-01", "m", "n");
    assertEquals(0, said(kafka, "prices", "set", first.toString(), "--dry-run").exitCode());
    assertTrue(said(kafka, "prices", "list").out().startsWith("no price books"));

    Said set = said(kafka, "prices", "set", first.toString());
    assertEquals(0, set.exitCode(), set.err());
    assertTrue(set.err().contains("keep their cost"), set.err());
    Said shown = said(kafka, "prices", "show", "v1");
    assertTrue(shown.out().contains("[price.\"m\"]\nprompt = 0.5\n"), shown.out());
    Path again = Files.writeString(folder.resolve("again.toml"), shown.out());
    assertTrue(said(kafka, "prices", "set", again.toString()).out().contains("is there already"));
    assertEquals(1, said(kafka, "prices", "show", "v7").exitCode());

    Path gap = book("v2", "2099-01-01", "n");
    Said refused = said(kafka, "prices", "set", gap.toString());
    assertEquals(1, refused.exitCode());
    assertTrue(refused.err().contains("no price for [m]"), refused.err());
    assertTrue(said(kafka, "prices", "list").out().lines().count() == 1);
    assertEquals(0, said(kafka, "prices", "set", gap.toString(), "--allow-unpriced").exitCode());

    Path changed = book("v1", "2026-02-01", "m", "n");
    assertEquals(1, said(kafka, "prices", "set", changed.toString()).exitCode());
    assertEquals(
        0,
        said(kafka, "prices", "set", changed.toString(), "--force", "--allow-unpriced").exitCode());
    Said list = said(kafka, "prices", "list");
    assertTrue(list.out().startsWith("* v1"), list.out());

    Path wrong = Files.writeString(folder.resolve("wrong.toml"), "version = \"a b\"\n");
    Said mistakes = said(kafka, "prices", "set", wrong.toString());
    assertEquals(2, mistakes.exitCode());
    assertTrue(mistakes.err().contains("version: a b"), mistakes.err());
    assertTrue(mistakes.err().contains("currency: not set"), mistakes.err());
    assertTrue(mistakes.err().contains("Nothing was set."), mistakes.err());
  }

  private void ledger(KafkaClients kafka, String brokers) throws Exception {
    write(kafka, line(1, "acme", new Cost(3, "v0")));
    write(kafka, line(2, "acme", Cost.UNPRICED));
    write(kafka, line(3, "other", Cost.UNPRICED));

    Said table = said(brokers, "usage", "rerate", "--from", "24h", "--tenant", "acme");
    assertEquals(0, table.exitCode(), table.err());
    String row =
        table.out().lines().filter(text -> text.startsWith("acme")).findFirst().orElseThrow();
    assertTrue(row.matches("acme +m +2 +2 +0\\.000003 +1\\.000000 +0\\.999997"), row);
    Path dearer = folder.resolve("dearer.toml");
    Files.writeString(dearer, Files.readString(book("v1", "2026-01-01", "m")).replace("0.5", "1"));
    Said json =
        said(brokers, "usage", "rerate", "--from", "24h", "--json", "--prices", dearer.toString());
    var total = JsonMapper.shared().readTree(json.out()).get("total");
    assertEquals(3, total.get("lines").asInt());
    assertEquals(3_000_000, total.get("new_cost_micros").asInt());

    Said verified = said(brokers, "usage", "verify", "--from", "24h", "--patience", "1");
    assertEquals(1, verified.exitCode(), verified.out());
    assertTrue(
        verified.out().contains("session acme/s: none (expected: 2 requests)"), verified.out());
    Said nothing =
        said(brokers, "usage", "verify", "--from", "2026-01-01", "--json", "--patience", "1");
    assertEquals(1, nothing.exitCode());
    assertTrue(JsonMapper.shared().readTree(nothing.out()).get("differences").size() > 3);
    assertEquals(2, said(brokers, "usage", "verify", "--from", "yesterday").exitCode());
  }

  private Path book(String version, String from, String... models) throws IOException {
    StringBuilder text =
        new StringBuilder(
            "version = \"%s\"\neffective-from = %s\ncurrency = \"EUR\"\n".formatted(version, from));
    for (String model : models) {
      text.append("[price.%s]\nprompt = 0.5\ncompletion = 0\n".formatted(model));
    }
    return Files.writeString(folder.resolve(version + "-" + from + ".toml"), text);
  }

  private static Said said(String kafka, String... arguments) {
    return Said.by(
        Stream.concat(Arrays.stream(arguments), Stream.of("--kafka", kafka))
            .toArray(String[]::new));
  }

  private static void write(KafkaClients kafka, LedgerEntry line) throws Exception {
    try (var producer = kafka.newProducer("test", Map.of())) {
      producer
          .send(
              new ProducerRecord<>(
                  TopicNames.withDefaultPrefix().usage(),
                  line.request().bytes(),
                  UsageCodec.encode(line)))
          .get();
    }
  }

  private static LedgerEntry line(int number, String tenant, Cost cost) {
    return new LedgerEntry(
        new RequestId(1, number),
        new RequestContext(
            new TenantId(tenant),
            new SessionId("s"),
            "",
            new Capability("c"),
            Map.of(),
            Instant.EPOCH,
            false),
        new ServedBy("c", "m", "w", 1, false),
        Outcome.FINISHED,
        "",
        new TokenUsage(1_000_000, 0, 0),
        1,
        LedgerEntry.Volume.NONE,
        Duration.ZERO,
        new LedgerEntry.Times(
            Optional.empty(), Optional.empty(), Instant.now().minus(Duration.ofMinutes(5))),
        cost,
        Optional.empty());
  }
}
