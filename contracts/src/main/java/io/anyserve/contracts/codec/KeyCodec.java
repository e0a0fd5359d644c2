package io.anyserve.contracts.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyHash;
import io.anyserve.contracts.key.KeyHashes;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.contracts.key.KeyValidity;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.v1.KeyDescription;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Records of {@code keys}: the key is the API key's id in UTF-8, and no value deletes it. */
public final class KeyCodec {

  private static final HexFormat HEX = HexFormat.of();

  private KeyCodec() {}

  /** The record's key. */
  public static byte[] key(String id) {
    return id.getBytes(UTF_8);
  }

  /** Throws {@link MalformedRecordException} where there is no key. */
  public static String id(byte @Nullable [] key) {
    if (key == null) {
      throw new MalformedRecordException("key: none (expected: the API key's id)");
    }
    return new String(key, UTF_8);
  }

  /** The record's value. */
  public static byte[] encode(StoredKey key) {
    var message =
        io.anyserve.v1.StoredKey.newBuilder()
            .setKey(describe(key))
            .setHash(write(key.hashes().current()));
    key.hashes().previous().ifPresent(one -> message.setPreviousHash(write(one.hash())));
    return message.build().toByteArray();
  }

  /** What others may know of a key. */
  public static KeyDescription describe(StoredKey key) {
    var message =
        KeyDescription.newBuilder()
            .setId(key.id())
            .setTenant(key.grant().tenant().value())
            .setName(key.grant().name())
            .setEnabled(key.validity().enabled())
            .setCreatedAt(key.validity().createdAt().toEpochMilli())
            .setConcurrency(key.concurrency().orElse(0));
    key.grant().scopes().forEach(scope -> message.addScopes(EnumCodec.write(scope)));
    key.validity().expiresAt().map(Instant::toEpochMilli).ifPresent(message::setExpiresAt);
    key.hashes()
        .previous()
        .map(one -> one.validUntil().toEpochMilli())
        .ifPresent(message::setPreviousValidUntil);
    return message.build();
  }

  private static io.anyserve.v1.KeyHash write(KeyHash hash) {
    return io.anyserve.v1.KeyHash.newBuilder()
        .setSalt(ByteString.copyFrom(HEX.parseHex(hash.salt())))
        .setSha256(ByteString.copyFrom(HEX.parseHex(hash.sha256())))
        .build();
  }

  /**
   * Empty where the record deletes the key. Throws {@link MalformedRecordException}, also where the
   * record's key is not the API key's id.
   */
  public static Optional<StoredKey> decode(byte @Nullable [] key, byte @Nullable [] value) {
    String id = id(key);
    if (value == null) {
      return Optional.empty();
    }
    StoredKey read =
        ProtobufParser.read(
            "API key", value, io.anyserve.v1.StoredKey.parser(), KeyCodec::storedKey);
    if (!read.id().equals(id)) {
      throw new MalformedRecordException(
          "key: " + id + " (expected: the API key's id, " + read.id() + ")");
    }
    return Optional.of(read);
  }

  private static StoredKey storedKey(io.anyserve.v1.StoredKey message) {
    KeyDescription key = message.getKey();
    Optional<KeyHashes.Previous> previous =
        message.hasPreviousHash()
            ? Optional.of(
                new KeyHashes.Previous(
                    read(message.getPreviousHash()),
                    Instant.ofEpochMilli(key.getPreviousValidUntil())))
            : Optional.empty();
    return new StoredKey(
        key.getId(),
        new KeyHashes(read(message.getHash()), previous),
        new KeyGrant(new TenantId(key.getTenant()), key.getName(), scopes(key.getScopesList())),
        new KeyValidity(
            key.getEnabled(), Instant.ofEpochMilli(key.getCreatedAt()), expiry(key.getExpiresAt())),
        concurrency(key.getConcurrency()));
  }

  private static KeyHash read(io.anyserve.v1.KeyHash message) {
    return new KeyHash(
        HEX.formatHex(message.getSalt().toByteArray()),
        HEX.formatHex(message.getSha256().toByteArray()));
  }

  /** Throws IllegalArgumentException for one that this version does not know. */
  public static Set<KeyScope> scopes(List<io.anyserve.v1.KeyScope> scopes) {
    Set<KeyScope> read = EnumSet.noneOf(KeyScope.class);
    scopes.forEach(scope -> read.add(EnumCodec.read(scope)));
    return read;
  }

  /** Milliseconds since the epoch as time; 0 is never. */
  public static Optional<Instant> expiry(long millis) {
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /** A limit of requests in flight; 0 is none. */
  public static OptionalInt concurrency(int most) {
    return most == 0 ? OptionalInt.empty() : OptionalInt.of(most);
  }
}
