package io.anyserve.contracts;

import java.nio.ByteBuffer;
import java.util.UUID;

/** One request, from acceptance to its ledger line: a UUID, 16 bytes as a record key. */
public record RequestId(long high, long low) {

  public static final int BYTES = 16;

  /**
   * A version 7 UUID (RFC 9562): ids of later milliseconds sort later.
   *
   * @param millis since the epoch
   * @param random source of the 74 bits that are not time
   */
  public static RequestId next(long millis, java.util.random.RandomGenerator random) {
    long high = (millis << 16) | 0x7000 | (random.nextLong() & 0x0FFF);
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
          "request: " + Checks.printable(text) + " (expected: a UUID)", e);
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

  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  @Override
  public String toString() {
    return new UUID(high, low).toString();
  }
}
