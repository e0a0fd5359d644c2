package io.anyserve.contracts.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What opens a key, and when. */
final class StoredKeyTest {

  private static final Instant NOW = Instant.parse("2026-11-29T20:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private final Random random = new Random(1);
  private final KeySecret secret = KeySecret.next(random);
  private final KeySecret other = KeySecret.next(secret.id(), random);

  @Test
  void itsSecretOpensItAndNoOtherDoes() {
    StoredKey key = key(Optional.empty());

    assertTrue(key.accepts(secret.text(), NOW));
    assertFalse(key.accepts(other.text(), NOW));
    assertFalse(key.accepts("", NOW));
  }

  @Test
  void aDisabledKeyOpensNothingUntilItIsEnabled() {
    StoredKey disabled = key(Optional.empty()).enabled(false);

    assertFalse(disabled.accepts(secret.text(), NOW));
    assertTrue(disabled.enabled(true).accepts(secret.text(), NOW));
  }

  @Test
  void anExpiredKeyOpensNothing() {
    StoredKey key = key(Optional.of(NOW.plus(DAY)));

    assertTrue(key.accepts(secret.text(), NOW.plus(DAY).minusMillis(1)));
    assertFalse(key.accepts(secret.text(), NOW.plus(DAY)));
  }

  @Test
  void aRotatedKeyTakesBothSecretsForAWhile() {
    StoredKey key = key(Optional.empty()).rotated(KeyHash.of(other, random), NOW.plus(DAY));

    assertTrue(key.accepts(other.text(), NOW));
    assertTrue(key.accepts(secret.text(), NOW.plus(DAY).minusMillis(1)));
    assertFalse(key.accepts(secret.text(), NOW.plus(DAY)));
    assertTrue(key.accepts(other.text(), NOW.plus(DAY)));
    assertFalse(key.enabled(false).accepts(secret.text(), NOW), "disabled with both secrets");
  }

  @Test
  void aSecondRotationEndsTheFirstSecret() {
    KeySecret third = KeySecret.next(secret.id(), random);
    StoredKey key =
        key(Optional.empty())
            .rotated(KeyHash.of(other, random), NOW.plus(DAY))
            .rotated(KeyHash.of(third, random), NOW.plus(DAY));

    assertFalse(key.accepts(secret.text(), NOW));
    assertTrue(key.accepts(other.text(), NOW));
    assertTrue(key.accepts(third.text(), NOW));
  }

  @Test
  void theSameSecretHasAnotherHashEachTime() {
    assertNotEquals(KeyHash.of(secret, random).sha256(), KeyHash.of(secret, random).sha256());
  }

  @Test
  void aSecretNamesItsKeyAndIsNotPrinted() {
    assertEquals(Optional.of(secret.id()), KeySecret.idOf(secret.text()));
    assertEquals(3 + 12 + 1 + 43, secret.text().length());
    assertEquals("as_" + secret.id() + "_...", secret.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "as_", "as_x_y", "sk-123", "as_123456789012_", "AS_123456789012_x"})
  void otherTextNamesNoKey(String text) {
    assertEquals(Optional.empty(), KeySecret.idOf(text));
  }

  @Test
  void absurdKeysAreRefused() {
    Set<KeyScope> none = EnumSet.noneOf(KeyScope.class);
    var tenant = new TenantId("acme");
    assertRefused("key scopes: []", () -> new KeyGrant(tenant, "", none));
    assertRefused("key name: 129 characters", () -> grant("n".repeat(129)));
    assertRefused("key name: \"a?b\"", () -> grant("a\nb"));
    assertRefused("key expires at: " + NOW, () -> key(Optional.of(NOW)));
    assertRefused("key expires at: +", () -> key(Optional.of(Instant.MAX)));
    assertRefused("key concurrency: 0", () -> key("k", OptionalInt.of(0)));
    assertRefused("key id: \"a/b\"", () -> key("a/b", OptionalInt.empty()));
    assertRefused("key salt: 0 characters", () -> new KeyHash("", "0".repeat(64)));
    assertRefused("key sha256: 1 characters", () -> new KeyHash("0".repeat(32), "0"));
    assertRefused("scope: \"root\" (expected: one of [infer, usage, admin])", () -> scope("root"));
  }

  private static void scope(String text) {
    assertEquals(text, KeyScope.parse(text).toString());
  }

  private static void assertRefused(String message, Executable made) {
    String refusal =
        String.valueOf(assertThrows(IllegalArgumentException.class, made).getMessage());
    assertTrue(refusal.startsWith(message), refusal);
  }

  private StoredKey key(Optional<Instant> expires) {
    return new StoredKey(
        secret.id(),
        new KeyHashes(KeyHash.of(secret, random)),
        grant("web"),
        new KeyValidity(true, NOW, expires),
        OptionalInt.empty());
  }

  private StoredKey key(String id, OptionalInt concurrency) {
    return new StoredKey(
        id,
        new KeyHashes(KeyHash.of(secret, random)),
        grant("web"),
        new KeyValidity(true, NOW, Optional.empty()),
        concurrency);
  }

  private static KeyGrant grant(String name) {
    return new KeyGrant(new TenantId("acme"), name, KeyGrant.USUAL_SCOPES);
  }
}
