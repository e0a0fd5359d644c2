package io.anyserve.contracts.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyHash;
import io.anyserve.contracts.key.KeyHashes;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.contracts.key.KeySecret;
import io.anyserve.contracts.key.KeyValidity;
import io.anyserve.contracts.key.StoredKey;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class KeyCodecTest {

  private static final Random RANDOM = new Random(1);
  private static final KeySecret SECRET = KeySecret.next(RANDOM);
  private static final Instant CREATED = Instant.ofEpochMilli(1_700_000_000_000L);
  private static final StoredKey KEY =
      new StoredKey(
          SECRET.id(),
          new KeyHashes(KeyHash.of(SECRET, RANDOM)),
          new KeyGrant(new TenantId("acme"), "web app", Set.of(KeyScope.INFER, KeyScope.ADMIN)),
          new KeyValidity(true, CREATED, Optional.of(CREATED.plusSeconds(60))),
          OptionalInt.of(4));

  @Test
  void aKeyComesBackAsItWas() {
    assertEquals(Optional.of(KEY), decode(KeyCodec.encode(KEY)));
    StoredKey changed = KEY.enabled(false).rotated(KeyHash.of(SECRET, RANDOM), CREATED);
    assertEquals(Optional.of(changed), decode(KeyCodec.encode(changed)));
    StoredKey plain =
        new StoredKey(
            KEY.id(),
            KEY.hashes(),
            new KeyGrant(new TenantId("acme"), "", KeyGrant.USUAL_SCOPES),
            new KeyValidity(true, CREATED, Optional.empty()),
            OptionalInt.empty());
    assertEquals(Optional.of(plain), decode(KeyCodec.encode(plain)));
  }

  @Test
  void neitherARecordNorADescriptionHoldsTheSecret() {
    String random = SECRET.text().substring(SECRET.text().lastIndexOf('_') + 1);
    assertFalse(new String(KeyCodec.encode(KEY), UTF_8).contains(random));
    assertFalse(KeyCodec.describe(KEY).toString().contains(KEY.hashes().current().sha256()));
  }

  @Test
  void noValueDeletesTheKey() {
    assertEquals(Optional.empty(), KeyCodec.decode(KeyCodec.key("k"), null));
  }

  @Test
  void anotherRecordKeyIsRefused() {
    assertEquals(
        "key: k (expected: the API key's id, " + KEY.id() + ")",
        refusal(KeyCodec.key("k"), KeyCodec.encode(KEY)));
    assertEquals("key: none (expected: the API key's id)", refusal(null, KeyCodec.encode(KEY)));
  }

  @Test
  void aValueThatIsNoKeyIsRefused() {
    byte[] key = KeyCodec.key(KEY.id());
    assertEquals("API key: empty (expected: a protobuf record)", refusal(key, new byte[0]));
    refusal(key, new byte[] {1, 2, 3});
    assertEquals(
        "API key: key salt: 0 characters (expected: 32 hexadecimal digits)",
        refusal(key, message().clearHash().build().toByteArray()));
    var shorter = message();
    shorter.getHashBuilder().setSha256(ByteString.copyFrom(new byte[31]));
    assertEquals(
        "API key: key sha256: 62 characters (expected: 64 hexadecimal digits)",
        refusal(key, shorter.build().toByteArray()));
    var unscoped = message();
    unscoped.getKeyBuilder().clearScopes();
    assertEquals(
        "API key: key scopes: [] (expected: at least one)",
        refusal(key, unscoped.build().toByteArray()));
    var unknown = message();
    unknown.getKeyBuilder().addScopesValue(99);
    assertEquals(
        "API key: scope: not set (expected: one of its kinds)",
        refusal(key, unknown.build().toByteArray()));
    var negative = message();
    negative.getKeyBuilder().setConcurrency(-1);
    assertEquals(
        "API key: key concurrency: -1 (expected: 1 to 1000000)",
        refusal(key, negative.build().toByteArray()));
  }

  private static io.anyserve.v1.StoredKey.Builder message() {
    try {
      return io.anyserve.v1.StoredKey.parseFrom(KeyCodec.encode(KEY)).toBuilder();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Optional<StoredKey> decode(byte[] value) {
    return KeyCodec.decode(KeyCodec.key(KEY.id()), value);
  }

  private static String refusal(byte @Nullable [] key, byte @Nullable [] value) {
    return String.valueOf(
        assertThrows(MalformedRecordException.class, () -> KeyCodec.decode(key, value))
            .getMessage());
  }
}
