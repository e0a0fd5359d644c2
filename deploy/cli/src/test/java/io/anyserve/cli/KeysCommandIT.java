package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.key.KeySecret;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys are created and changed by the log alone. */
final class KeysCommandIT {

  @TempDir private Path directory;
  private EmbeddedBroker broker;

  @BeforeEach
  void startBroker() throws Exception {
    broker = EmbeddedBroker.start(directory, 0);
    try (var admin = KafkaClients.of(broker.bootstrapServers()).newAdmin("test")) {
      new TopicAdmin(admin, 1)
          .create(
              new TopicCatalogue(TopicNames.withDefaultPrefix(), TopicPartitioning.STANDALONE)
                  .fixed());
    }
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  @Test
  void aKeyIsCreatedListedChangedAndDeleted() {
    Said created = run("create", "--tenant", "acme", "--name", "web app", "--concurrency", "4");
    assertDone(created);
    String secret = created.out().strip();
    String id = KeySecret.idOf(secret).orElseThrow();
    assertTrue(created.err().contains("key " + id + " of tenant acme opens infer,usage"));
    assertTrue(created.err().contains("this is the first key"), created.err());
    String row = row(id);
    assertTrue(row.matches(id + "  acme +enabled +infer,usage +20\\S+Z +- +4  web app"), row);

    Said second = run("create", "--tenant=other", "--scope=usage,admin", "--expires-in", "90d");
    assertFalse(second.err().contains("first key"), second.err());
    String otherId = KeySecret.idOf(second.out().strip()).orElseThrow();
    String expiring = row(otherId);
    assertTrue(
        expiring.matches(otherId + "  other +enabled +usage,admin +20\\S+Z +20\\S+Z +-  "),
        expiring);
    assertEquals(2, run("list", "--tenant", "other").out().lines().count());

    assertDone(run("disable", id));
    assertTrue(row(id).contains(" disabled "), row(id));
    assertDone(run("enable", id));
    assertTrue(row(id).contains(" enabled "), row(id));

    Said rotated = run("rotate", id, "--overlap", "2h");
    assertDone(rotated);
    assertEquals(id, KeySecret.idOf(rotated.out().strip()).orElseThrow());
    assertFalse(rotated.out().strip().equals(secret));
    assertTrue(rotated.err().contains("the secret before is valid until 20"), rotated.err());

    assertDone(run("delete", id));
    assertFalse(run("list").out().contains(id));
    Said last = run("delete", otherId);
    assertEquals(1, last.exitCode());
    assertTrue(last.err().contains("the last one (expected: another key, or force"), last.err());
    assertDone(run("delete", otherId, "--force"));
    assertEquals(1, run("list").out().lines().count());
  }

  @Test
  void limitsPerMinuteAreAQuotaOfTheKey() {
    Said created =
        run("create", "--tenant=acme", "--requests-per-minute=60", "--tokens-per-minute=20000");
    String id = KeySecret.idOf(created.out().strip()).orElseThrow();
    assertEquals(
        "acme/key/" + id + ": 60 requests per minute, 20000 tokens per minute", quotas().strip());

    assertDone(run("delete", id, "--force"));
    assertEquals("", quotas());
  }

  @Test
  void mistakesAreNamed() {
    assertMistake("tenant: \"A\"", "create", "--tenant", "A");
    assertMistake("scope: \"root\"", "create", "--tenant", "a", "--scope", "root");
    assertMistake("key concurrency: 0", "create", "--tenant", "a", "--concurrency", "0");
    assertMistake("soon (expected: a duration", "create", "--tenant=a", "--expires-in=soon");
    assertMistake("key expires at", "create", "--tenant=a", "--expires-in=0s");
    assertMistake("requests per minute: -1", "create", "--tenant=a", "--requests-per-minute=-1");
    assertMistake("--tenant", "create");
    assertMistake("overlap: PT", "rotate", "x", "--overlap", "367d");
    Said unknown = run("disable", "nobody");
    assertEquals(1, unknown.exitCode());
    assertTrue(
        unknown.err().contains("KEY_NOT_FOUND: key: \"nobody\" (expected: the id of a key)"),
        unknown.err());
    assertEquals(1, run("list").out().lines().count(), "nothing was created");
  }

  private void assertMistake(String expected, String... arguments) {
    Said said = run(arguments);
    assertEquals(2, said.exitCode(), said.err());
    assertTrue(said.err().contains(expected), said.err());
  }

  private String row(String id) {
    return run("list").out().lines().filter(line -> line.startsWith(id)).findFirst().orElseThrow();
  }

  private String quotas() {
    return Said.by("quota", "list", "--kafka", broker.bootstrapServers()).out();
  }

  private static void assertDone(Said said) {
    assertEquals(0, said.exitCode(), said.err());
  }

  private Said run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("keys"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--kafka", broker.bootstrapServers()));
    return Said.by(all.toArray(String[]::new));
  }
}
