package io.anyserve.standalone.simulation;

import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenRecord;

/** One record of the log, and its bytes as readers get them. */
final class Entry {

  private final long offset;
  private final long timestamp;
  private final TokenRecord record;
  private final byte[] key;
  private final byte[] value;

  /**
   * Encodes it.
   *
   * @param timestamp milliseconds, by the log's clock
   */
  Entry(long offset, long timestamp, TokenRecord record) {
    this.offset = offset;
    this.timestamp = timestamp;
    this.record = record;
    this.key = record.request().bytes();
    this.value = TokenCodec.encode(record);
  }

  long offset() {
    return offset;
  }

  long timestamp() {
    return timestamp;
  }

  TokenRecord record() {
    return record;
  }

  byte[] key() {
    return key;
  }

  byte[] value() {
    return value;
  }
}
