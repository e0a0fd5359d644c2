package io.anyserve.worker.consume;

import java.util.HashMap;
import java.util.Map;

/**
 * How many consumers take the requests of one priority, and how much each holds at once.
 *
 * @param settings of the consumers
 */
public record ShareConsumerConfig(int consumers, int records, Map<String, String> settings) {

  private static final int SLOT_CONSUMERS = 32;
  private static final int SPARE_CONSUMERS = 8;
  private static final int BATCH_CONSUMERS = 2;
  private static final int BATCH_RECORDS = 512;

  /** A fetch carries about one record: many small ones would cost the broker for each of them. */
  private static final String SLOT_FETCH = "16384";

  public ShareConsumerConfig {
    settings = Map.copyOf(settings);
  }

  /** For interactive requests: every slot can be filled. */
  static ShareConsumerConfig interactive(FetchMode mode, int slots) {
    return switch (mode) {
      case PER_SLOT -> slots(slots, SLOT_CONSUMERS);
      case BATCH -> batch();
    };
  }

  /** For batch requests, which fill slots that would be idle: fewer consumers that hold more. */
  static ShareConsumerConfig spare(FetchMode mode, int slots) {
    return switch (mode) {
      case PER_SLOT -> slots(slots, Math.min(SPARE_CONSUMERS, Math.ceilDiv(slots, 2)));
      case BATCH -> batch();
    };
  }

  private static ShareConsumerConfig slots(int slots, int most) {
    int consumers = Math.min(slots, most);
    int records = Math.ceilDiv(slots, consumers);
    Map<String, String> settings = new HashMap<>();
    settings.put("share.acquire.mode", "record_limit");
    settings.put("max.poll.records", Integer.toString(records));
    settings.put("fetch.max.bytes", SLOT_FETCH);
    return new ShareConsumerConfig(consumers, records, settings);
  }

  private static ShareConsumerConfig batch() {
    return new ShareConsumerConfig(
        BATCH_CONSUMERS,
        BATCH_RECORDS,
        Map.of(
            "share.acquire.mode",
            "batch_optimized",
            "max.poll.records",
            Integer.toString(BATCH_RECORDS)));
  }
}
