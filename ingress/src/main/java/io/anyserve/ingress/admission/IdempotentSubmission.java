package io.anyserve.ingress.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedOutputStream;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.v1.Inference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What was submitted under an idempotency key.
 *
 * @param request made of tenant, key and generation: all submissions of the key begin with the
 *     first generation, and go on to the next where a request ended before a worker began it
 * @param digest SHA-256 of what was asked for, hexadecimal
 */
record IdempotentSubmission(RequestId request, String digest) {

  /** Requests that may be made of one key, each because the one before it never began. */
  static final int GENERATIONS = 16;

  private static final String DOMAIN = "anyserve-idempotency";
  private static final long VERSION = 0x8000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  /** The first of its key. */
  static IdempotentSubmission of(Inference message, TenantId tenant, IdempotencyKey key) {
    return of(message, tenant, key, 0);
  }

  /**
   * A later one.
   *
   * @param generation how many requests of the key ended before a worker began them
   */
  static IdempotentSubmission of(
      Inference message, TenantId tenant, IdempotencyKey key, int generation) {
    return new IdempotentSubmission(
        request(tenant, key.name(), generation), HexFormat.of().formatHex(sha256(bytes(message))));
  }

  /** A version 8 UUID (RFC 9562) of the hash's first 16 bytes. */
  private static RequestId request(TenantId tenant, String key, int generation) {
    String name = DOMAIN + '\0' + tenant.value() + '\0' + key;
    String numbered = generation == 0 ? name : name + '\0' + generation;
    byte[] hash = sha256(numbered.getBytes(UTF_8));
    ByteBuffer buffer = ByteBuffer.wrap(hash);
    long high = (buffer.getLong() & ~0xF000L) | VERSION;
    long low = (buffer.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | VARIANT;
    return new RequestId(high, low);
  }

  /** The same for equal messages: maps are sorted. */
  private static byte[] bytes(Inference message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new IllegalStateException("the array has the message's size", e);
    }
    return bytes;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The request, as this submission of it. */
  InferenceRequest of(InferenceRequest read, long nonce) {
    return read.with(new Idempotency(nonce, digest));
  }
}
