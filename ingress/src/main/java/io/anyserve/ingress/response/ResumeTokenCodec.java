package io.anyserve.ingress.response;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens that name a stream's place in the log: partition (4 bytes), offset (8), request (16) and
 * session, and 16 bytes of an HMAC-SHA-256 over these and the tenant, in base64url. Nobody can make
 * one up, and another tenant's does not fit. Thread-safe.
 */
public final class ResumeTokenCodec {

  /** A key below that many bytes is refused. */
  public static final int MIN_KEY_BYTES = 16;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int FIXED_BYTES = Integer.BYTES + Long.BYTES + RequestId.BYTES;
  private static final int SEAL_BYTES = 16;

  /** Between session and tenant, so that neither can borrow from the other. */
  private static final byte NOT_IN_A_NAME = 0;

  private final Mac keyed;

  /**
   * All ingresses that shall read each other's tokens need the same key.
   *
   * @param key at least 16 bytes
   */
  public ResumeTokenCodec(byte[] key) {
    if (key.length < MIN_KEY_BYTES) {
      throw new IllegalArgumentException(
          "resume key: " + key.length + " bytes (expected: at least " + MIN_KEY_BYTES + ")");
    }
    try {
      keyed = Mac.getInstance(ALGORITHM);
      keyed.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** Where a stream's events lie. */
  public record Position(ReplyTo address, RequestId request, SessionId session) {}

  public String issue(Position position, TenantId tenant) {
    byte[] session = position.session().value().getBytes(UTF_8);
    int length = FIXED_BYTES + session.length;
    byte[] plain =
        ByteBuffer.allocate(length)
            .putInt(position.address().partition())
            .putLong(position.address().fromOffset())
            .putLong(position.request().high())
            .putLong(position.request().low())
            .put(session)
            .array();
    byte[] token = Arrays.copyOf(plain, length + SEAL_BYTES);
    System.arraycopy(seal(plain, tenant), 0, token, length, SEAL_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /** Empty unless the token was issued with this key for this tenant. */
  public Optional<Position> read(String token, TenantId tenant) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (bytes.length <= FIXED_BYTES + SEAL_BYTES) {
      return Optional.empty();
    }
    byte[] plain = Arrays.copyOf(bytes, bytes.length - SEAL_BYTES);
    byte[] seal = Arrays.copyOfRange(bytes, plain.length, bytes.length);
    return MessageDigest.isEqual(seal, Arrays.copyOf(seal(plain, tenant), SEAL_BYTES))
        ? Optional.of(position(plain))
        : Optional.empty();
  }

  private static Position position(byte[] plain) {
    ByteBuffer buffer = ByteBuffer.wrap(plain);
    var address = new ReplyTo(buffer.getInt(), buffer.getLong());
    var request = new RequestId(buffer.getLong(), buffer.getLong());
    var session = new String(plain, FIXED_BYTES, plain.length - FIXED_BYTES, UTF_8);
    return new Position(address, request, new SessionId(session));
  }

  private byte[] seal(byte[] plain, TenantId tenant) {
    try {
      Mac mac = (Mac) keyed.clone();
      mac.update(plain);
      mac.update(NOT_IN_A_NAME);
      return mac.doFinal(tenant.value().getBytes(UTF_8));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(ALGORITHM + " of the JDK can be cloned", e);
    }
  }
}
