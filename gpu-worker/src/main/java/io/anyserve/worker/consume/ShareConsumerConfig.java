package io.anyserve.worker.consume;

import java.util.Map;

/**
 * How much one consumer acquires at once: the records of a poll are acknowledged together, so few
 * of them keep each from waiting for the others; more of them fill many slots faster.
 *
 * @param records of one poll at most
 */
record ShareConsumerConfig(int records) {

  /** As many as a small worker fills in one poll: one at a time keeps an engine waiting. */
  private static final int FEW = 4;

  private static final int SLOTS_PER_RECORD = 4;
  private static final int SLOTS_PER_RECORD_OF_MANY = 32;

  /** A fetch carries about one record: the broker reads what it does not hand out for nothing. */
  private static final int BYTES_PER_RECORD = 16 << 10;

  /** Milliseconds: a record ends a fetch at once; closing the consumer waits for its last one. */
  private static final String LONGEST_FETCH = "1000";

  static ShareConsumerConfig of(int slots) {
    int few = Math.clamp(slots / SLOTS_PER_RECORD, 1, FEW);
    return new ShareConsumerConfig(Math.max(few, slots / SLOTS_PER_RECORD_OF_MANY));
  }

  /** Settings of the consumer. */
  Map<String, String> settings() {
    return Map.of(
        "share.acquire.mode",
        "record_limit",
        "fetch.max.wait.ms",
        LONGEST_FETCH,
        "max.poll.records",
        Integer.toString(records),
        "fetch.max.bytes",
        Integer.toString(records * BYTES_PER_RECORD));
  }
}
