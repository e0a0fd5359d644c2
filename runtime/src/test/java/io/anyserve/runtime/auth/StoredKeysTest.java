package io.anyserve.runtime.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.KeyCodec;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyHash;
import io.anyserve.contracts.key.KeyHashes;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.contracts.key.KeySecret;
import io.anyserve.contracts.key.KeyValidity;
import io.anyserve.contracts.key.StoredKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Keys of the topic, as its tailer reads them, and the callers that they let in. */
final class StoredKeysTest {

  private static final Instant CREATED = Instant.parse("2026-11-29T20:00:00Z");
  private static final String UNKNOWN =
      "UNAUTHENTICATED: authorization: unknown key (expected: Bearer <API key>)";
  private static final String NOT_READ = "BROKER_UNAVAILABLE: API keys: not read from the log yet";

  private final Random random = new Random(1);
  private final StoredKeys stored = new StoredKeys();
  private Instant now = CREATED;
  private final InstantSource clock = () -> now;
  private final ApiKeys keys = new ApiKeys(List.of(), false, stored, clock);
  private final KeySecret secret = KeySecret.next(random);
  private final StoredKey key =
      new StoredKey(
          secret.id(),
          new KeyHashes(KeyHash.of(secret, random)),
          new KeyGrant(new TenantId("acme"), "", Set.of(KeyScope.INFER)),
          new KeyValidity(true, CREATED, Optional.of(CREATED.plusSeconds(60))),
          OptionalInt.empty());

  @Test
  void aKeyLetsItsTenantInWithItsScopes() {
    readAll(key);

    Caller caller = authenticate(secret);
    assertEquals(new Caller(new TenantId("acme"), key.id(), Set.of(KeyScope.INFER)), caller);
    assertFalse(caller.admin());
    caller.require(KeyScope.INFER);
    var thrown = assertThrows(FailureException.class, () -> caller.require(KeyScope.USAGE));
    assertEquals(
        "PERMISSION_DENIED: scopes of the key: infer (expected: usage)",
        thrown.failure().toString());
  }

  @Test
  void disabledExpiredAndUnknownKeysAreRefusedAlike() {
    readAll(key.enabled(false));
    assertEquals(UNKNOWN, refusal(secret));
    readAll(key);
    now = CREATED.plusSeconds(60);
    assertEquals(UNKNOWN, refusal(secret));
    assertEquals(UNKNOWN, refusal(KeySecret.next(secret.id(), random)));
    assertEquals(UNKNOWN, refusal(KeySecret.next(random)));
  }

  @Test
  void aRotatedKeyTakesBothSecretsForAWhile() {
    KeySecret next = KeySecret.next(secret.id(), random);
    readAll(key);
    take(key.rotated(KeyHash.of(next, random), CREATED.plusSeconds(10)));

    assertEquals(authenticate(secret), authenticate(next));
    now = CREATED.plusSeconds(10);
    assertEquals(UNKNOWN, refusal(secret));
    assertEquals("acme", authenticate(next).tenant().value());
  }

  @Test
  void aDeletedKeyIsGone() {
    readAll(key);
    take(key.id(), null);

    assertEquals(Optional.empty(), stored.find(key.id()));
    assertEquals(Caller.ANONYMOUS, authenticate(secret), "no key is left");
  }

  @Test
  void nobodyIsLetInBeforeTheTopicIsRead() {
    assertEquals(NOT_READ, refusal(secret));
    assertEquals(NOT_READ, refusal(null));
    stored.begin();
    take(key);
    assertEquals(NOT_READ, refusal(secret));

    stored.caughtUp();
    assertEquals("acme", authenticate(secret).tenant().value());
  }

  @Test
  void keysOfTheSettingsDoNotWaitForTheTopic() {
    var configured = ApiKeysTest.key("a-1", "secret-a", "other");
    var both = new ApiKeys(List.of(configured), false, stored, clock);

    assertEquals("a-1", both.authenticate("Bearer secret-a").keyId());
    assertThrows(FailureException.class, () -> both.authenticate("Bearer " + secret.text()));
    readAll(key);
    assertEquals("a-1", both.authenticate("Bearer secret-a").keyId());
    assertEquals(key.id(), both.authenticate("Bearer " + secret.text()).keyId());
  }

  @Test
  void callersWithoutAKeyAreLetInWhileThereIsNone() {
    readAll();
    assertEquals(Caller.ANONYMOUS, keys.authenticate(null));
    assertThrows(FailureException.class, () -> Caller.ANONYMOUS.require(KeyScope.ADMIN));

    take(key.enabled(false));
    assertEquals(
        "UNAUTHENTICATED: authorization: missing (expected: Bearer <API key>)", refusal(null));
  }

  @Test
  void aRequiredKeyIsRequiredWhereThereIsNone() {
    readAll();
    var closed = new ApiKeys(List.of(), true, stored, clock);

    var thrown = assertThrows(FailureException.class, () -> closed.authenticate(null));
    assertEquals(FailureCode.UNAUTHENTICATED, thrown.failure().code());
  }

  /** Of a later version, for example: it must not open what it was to close. */
  @Test
  void aKeyThatCannotBeReadOpensNothingAndStillCounts() {
    readAll(key);
    assertThrows(MalformedRecordException.class, () -> take(key.id(), new byte[] {1}));

    assertEquals(UNKNOWN, refusal(secret));
    assertThrows(FailureException.class, () -> keys.authenticate(null));
  }

  @Test
  void readingTheTopicAgainRevivesNoKey() {
    KeySecret gone = KeySecret.next(random);
    StoredKey deleted =
        new StoredKey(
            gone.id(),
            new KeyHashes(KeyHash.of(gone, random)),
            key.grant(),
            key.validity(),
            OptionalInt.empty());
    readAll(key, deleted);
    take(key.enabled(false));

    stored.begin();
    take(key);
    assertEquals(UNKNOWN, refusal(secret), "an old record, read again");
    assertEquals("acme", authenticate(gone).tenant().value(), "known until the pass is complete");
    take(key.enabled(false));
    stored.caughtUp();

    assertEquals(UNKNOWN, refusal(secret));
    assertEquals(UNKNOWN, refusal(gone), "its tombstone was compacted away");
    assertTrue(stored.find(key.id()).isPresent());
  }

  private void readAll(StoredKey... records) {
    stored.begin();
    List.of(records).forEach(this::take);
    stored.caughtUp();
  }

  private void take(StoredKey record) {
    take(record.id(), KeyCodec.encode(record));
  }

  private void take(String id, byte @Nullable [] value) {
    stored.read(new ConsumerRecord<>("keys", 0, 0, KeyCodec.key(id), value));
  }

  private Caller authenticate(KeySecret sent) {
    return keys.authenticate("Bearer " + sent.text());
  }

  private String refusal(@Nullable KeySecret sent) {
    @Nullable String header = sent == null ? null : "Bearer " + sent.text();
    return assertThrows(FailureException.class, () -> keys.authenticate(header))
        .failure()
        .toString();
  }
}
