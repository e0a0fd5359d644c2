package io.anyserve.runtime.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyHash;
import io.anyserve.contracts.key.KeySecret;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several writers of one topic. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KeyTopicIT {

  private static final TopicNames TOPICS = TopicNames.withDefaultPrefix();
  private static final Instant NOW = Instant.parse("2026-11-29T20:00:00Z");
  private static final NewKey WANTED =
      new NewKey(
          new KeyGrant(new TenantId("acme"), "web", KeyGrant.USUAL_SCOPES),
          Optional.empty(),
          OptionalInt.empty());

  private final Random random = new Random(1);
  private EmbeddedBroker broker;
  private KafkaClients kafka;
  private KeyTopic topic;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    broker = EmbeddedBroker.start(directory, 0);
    kafka = KafkaClients.of(broker.bootstrapServers());
    try (var admin = kafka.newAdmin("test")) {
      new TopicAdmin(admin, 1)
          .create(new TopicCatalogue(TOPICS, TopicPartitioning.STANDALONE).fixed());
    }
    topic = new KeyTopic(kafka, TOPICS, InstantSource.fixed(NOW), random);
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @Test
  void aKeyIsChangedUntilItIsDeleted() throws Exception {
    IssuedKey issued = topic.create(WANTED);
    String id = issued.key().id();
    assertEquals(issued.key(), stored(id).orElseThrow());
    assertTrue(issued.key().accepts(issued.secret().text(), NOW));

    assertEquals(issued.key().enabled(false), topic.enable(id, false));
    assertEquals(issued.key(), topic.enable(id, true));
    IssuedKey rotated = topic.rotate(id, Duration.ofHours(1));
    assertEquals(rotated.key(), stored(id).orElseThrow());
    assertEquals(id, rotated.secret().id());
    assertTrue(rotated.key().accepts(issued.secret().text(), NOW.plusSeconds(3599)));
    assertFalse(rotated.key().accepts(issued.secret().text(), NOW.plusSeconds(3600)));
    assertEquals(rotated.key(), topic.delete(id, true));
    assertEquals(Optional.empty(), stored(id));
    assertNotFound(() -> topic.enable(id, true));
    assertNotFound(() -> topic.rotate(id, Duration.ZERO));
    assertNotFound(() -> topic.delete(id, true));
  }

  @Test
  void theLastKeyIsDeletedByForceAlone() throws Exception {
    for (StoredKey key : topic.list(_ -> {})) {
      topic.delete(key.id(), true);
    }
    String first = topic.create(WANTED).key().id();
    String second = topic.create(WANTED).key().id();
    topic.delete(first, false);
    var thrown = assertThrows(FailureException.class, () -> topic.delete(second, false));
    assertEquals(FailureCode.INVALID_REQUEST, thrown.failure().code());
    topic.delete(second, true);
    assertEquals(List.of(), topic.list(_ -> {}));
  }

  @Test
  void anOverlapHasBounds() throws Exception {
    String id = topic.create(WANTED).key().id();
    assertThrows(IllegalArgumentException.class, () -> topic.rotate(id, Duration.ofMillis(-1)));
    assertThrows(IllegalArgumentException.class, () -> topic.rotate(id, Duration.ofDays(367)));
  }

  /** A rotation that began before somebody disabled the key must not enable it. */
  @Test
  void aChangeThatCameBetweenIsNotLost() throws Exception {
    IssuedKey issued = topic.create(WANTED);
    String id = issued.key().id();
    KeySecret next = KeySecret.next(id, random);
    KeyHash hash = KeyHash.of(next, random);
    try (var disabling = new KeyLog(kafka, TOPICS);
        var rotating = new KeyLog(kafka, TOPICS)) {
      disabling.readAll(_ -> {});
      rotating.readAll(_ -> {});
      disabling.change(id, key -> key.enabled(false));
      StoredKey changed = rotating.change(id, key -> key.rotated(hash, NOW));
      assertFalse(changed.validity().enabled());
    }
    StoredKey both = stored(id).orElseThrow();
    assertFalse(both.validity().enabled());
    assertTrue(both.enabled(true).accepts(next.text(), NOW));
    assertFalse(both.enabled(true).accepts(issued.secret().text(), NOW));
  }

  @Test
  void aKeyThatWasDeletedMeanwhileStaysDeleted() throws Exception {
    String id = topic.create(WANTED).key().id();
    try (var enabling = new KeyLog(kafka, TOPICS)) {
      enabling.readAll(_ -> {});
      topic.delete(id, true);
      assertNotFound(() -> enabling.change(id, key -> key.enabled(true)));
    }
    assertEquals(Optional.empty(), stored(id));
  }

  private Optional<StoredKey> stored(String id) {
    return topic.list(_ -> {}).stream().filter(key -> key.id().equals(id)).findFirst();
  }

  private static void assertNotFound(org.junit.jupiter.api.function.Executable call) {
    var thrown = assertThrows(FailureException.class, call);
    assertEquals(FailureCode.KEY_NOT_FOUND, thrown.failure().code());
  }
}
