package io.anyserve.ingress.response;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.StreamProgress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that name a place in a stream, in base64url: the position, and 16 bytes of an HMAC-SHA-256
 * over it and the tenant. Nobody can make one up, and another tenant's does not fit. Thread-safe.
 *
 * <pre>
 * beginning of a stream:  partition (4 bytes), offset (8), request (16), session
 * behind one of its chunks:
 *   0x80, partition, offset, request (16 bytes), attempt, execution (8 bytes), next sequence,
 *   tokens, prompt tokens, session                  numbers without a size are base 128 varints
 * </pre>
 *
 * <p>The first bit tells the two apart, as no partition is negative.
 */
public final class ResumeTokenCodec {

  /** A key below that many bytes is refused. */
  public static final int MIN_KEY_BYTES = 16;

  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

  private static final String ALGORITHM = "HmacSHA256";
  private static final int HMAC_BYTES = 32;
  private static final int SEAL_BYTES = 16;

  private static final int BEGINNING_BYTES = Integer.BYTES + Long.BYTES + RequestId.BYTES;
  private static final byte BEHIND_CHUNK = (byte) 0x80;
  private static final int LONGEST_VARINT = 10;
  private static final int MOST_BYTES =
      1 + 6 * LONGEST_VARINT + RequestId.BYTES + Long.BYTES + HMAC_BYTES;

  /** Between session and tenant, so that neither can borrow from the other. */
  private static final byte NOT_IN_A_NAME = 0;

  private final SecretKeySpec secret;

  /** Not one a thread: every call over HTTP has a thread of its own. */
  private final Queue<Mac> idle = new ConcurrentLinkedQueue<>();

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
    secret = new SecretKeySpec(key, ALGORITHM);
  }

  private Mac newMac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /**
   * A place in a stream.
   *
   * @param address no event of the stream that comes behind the place lies before this offset
   * @param progress of the stream up to the place; {@link StreamProgress#BEGINNING} for all of it
   */
  public record Position(
      ReplyTo address, RequestId request, SessionId session, StreamProgress progress) {

    public Position {
      if (progress.ended()) {
        throw new IllegalArgumentException("progress: ended (expected: a stream that goes on)");
      }
    }

    /** The beginning of a stream. */
    public Position(ReplyTo address, RequestId request, SessionId session) {
      this(address, request, session, StreamProgress.BEGINNING);
    }
  }

  public String issue(Position position, TenantId tenant) {
    byte[] session = position.session().value().getBytes(UTF_8);
    ByteBuffer token = ByteBuffer.allocate(MOST_BYTES + session.length);
    if (position.progress().equals(StreamProgress.BEGINNING)) {
      putBeginning(position, token);
    } else {
      putBehindChunk(position, token);
    }
    token.put(session);
    int length = token.position();
    seal(token.array(), length, tenant, token.array(), length);
    return TEXT.encodeToString(Arrays.copyOf(token.array(), length + SEAL_BYTES));
  }

  private static void putBeginning(Position position, ByteBuffer token) {
    token.putInt(position.address().partition()).putLong(position.address().fromOffset());
    put(position.request(), token);
  }

  private static void putBehindChunk(Position position, ByteBuffer token) {
    StreamProgress progress = position.progress();
    token.put(BEHIND_CHUNK);
    putVarint(position.address().partition(), token);
    putVarint(position.address().fromOffset(), token);
    put(position.request(), token);
    putVarint(progress.attempt(), token);
    token.putLong(progress.executionId());
    putVarint(progress.nextSequence(), token);
    putVarint(progress.tokens(), token);
    putVarint(progress.promptTokens(), token);
  }

  private static void put(RequestId request, ByteBuffer token) {
    token.putLong(request.high()).putLong(request.low());
  }

  private static void putVarint(long value, ByteBuffer token) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      token.put((byte) (left | 0x80));
      left >>>= 7;
    }
    token.put((byte) left);
  }

  /** Empty unless the token was issued with this key for this tenant. */
  public Optional<Position> read(String token, TenantId tenant) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    int length = bytes.length - SEAL_BYTES;
    if (length <= BEGINNING_BYTES || !isSealed(bytes, length, tenant)) {
      return Optional.empty();
    }
    ByteBuffer plain = ByteBuffer.wrap(bytes, 0, length);
    if (bytes[0] >= 0) {
      return Optional.of(beginning(plain));
    }
    return plain.get() == BEHIND_CHUNK ? Optional.of(behindChunk(plain)) : Optional.empty();
  }

  private boolean isSealed(byte[] token, int length, TenantId tenant) {
    byte[] seal = new byte[HMAC_BYTES];
    seal(token, length, tenant, seal, 0);
    return MessageDigest.isEqual(
        Arrays.copyOf(seal, SEAL_BYTES), Arrays.copyOfRange(token, length, token.length));
  }

  private static Position beginning(ByteBuffer plain) {
    var address = new ReplyTo(plain.getInt(), plain.getLong());
    return new Position(address, request(plain), session(plain));
  }

  private static Position behindChunk(ByteBuffer plain) {
    var address = new ReplyTo((int) varint(plain), varint(plain));
    RequestId request = request(plain);
    var progress =
        new StreamProgress(
            (int) varint(plain),
            plain.getLong(),
            varint(plain),
            varint(plain),
            varint(plain),
            false);
    return new Position(address, request, session(plain), progress);
  }

  private static RequestId request(ByteBuffer plain) {
    return new RequestId(plain.getLong(), plain.getLong());
  }

  private static long varint(ByteBuffer plain) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = plain.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static SessionId session(ByteBuffer plain) {
    return new SessionId(UTF_8.decode(plain).toString());
  }

  /** Writes the HMAC of the first {@code length} bytes and the tenant. */
  private void seal(byte[] plain, int length, TenantId tenant, byte[] target, int at) {
    @Nullable Mac used = idle.poll();
    Mac mac = used == null ? newMac() : used;
    mac.update(plain, 0, length);
    mac.update(NOT_IN_A_NAME);
    mac.update(tenant.value().getBytes(UTF_8));
    try {
      mac.doFinal(target, at);
      idle.add(mac);
    } catch (ShortBufferException e) {
      throw new IllegalStateException("the target has room for " + HMAC_BYTES + " bytes", e);
    }
  }
}
