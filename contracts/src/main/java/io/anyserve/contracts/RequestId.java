package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;
import java.nio.ByteBuffer;
import java.util.UUID;

/** One request, from acceptance to its ledger entry: a UUID, 16 bytes as a record key. */
public record RequestId(long high, long low) {

  public static final int BYTES = 16;

  private static final long VERSION_BITS = 0xF000;
  private static final long VERSION_7 = 0x7000;
  private static final long VERSION_8 = 0x8000;

  /**
   * A version 7 UUID (RFC 9562): ids of later milliseconds sort later.
   *
   * @param millis since the epoch
   * @param random source of the 74 bits that are not time
   */
  public static RequestId next(long millis, java.util.random.RandomGenerator random) {
    return next(millis, VERSION_7, random);
  }

  /**
   * The id that an ingress gives to a caller's request: version 8, else as {@link #next}. Nobody
   * else may submit a request under such an id.
   *
   * @param millis since the epoch
   * @param random source of the 74 bits that are not time
   */
  public static RequestId nextOfIngress(long millis, java.util.random.RandomGenerator random) {
    return next(millis, VERSION_8, random);
  }

  private static RequestId next(
      long millis, long version, java.util.random.RandomGenerator random) {
    long high = (millis << 16) | version | (random.nextLong() & 0x0FFF);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new RequestId(high, low);
  }

  /** Reads the canonical text form. */
  public static RequestId parse(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      return new RequestId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "request: " + Preconditions.printable(text) + " (expected: a UUID)", e);
    }
  }

  /** Reads a record key. */
  public static RequestId of(byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException(
          "request id: " + key.length + " bytes (expected: " + BYTES + " bytes)");
    }
    return at(key, 0);
  }

  /** Reads the 16 bytes from there on. */
  public static RequestId at(byte[] bytes, int start) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new RequestId(buffer.getLong(start), buffer.getLong(start + Long.BYTES));
  }

  /** Whether an ingress gave it: a version 8 UUID. */
  public boolean givenByIngress() {
    return (high & VERSION_BITS) == VERSION_8;
  }

  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  @Override
  public String toString() {
    return new UUID(high, low).toString();
  }
}
