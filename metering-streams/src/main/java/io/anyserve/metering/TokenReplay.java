package io.anyserve.metering;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.metering.ledger.RequestUsageAggregator;
import io.anyserve.runtime.kafka.PoisonRecords;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores an aggregator from records of {@code tokens} that were counted before; their entries are
 * written already. Owned by the thread of the aggregator's task.
 */
final class TokenReplay {

  private static final Logger log = LoggerFactory.getLogger(TokenReplay.class);

  private final MeteringDependencies dependencies;
  private final RequestUsageAggregator aggregator;
  private final TimestampSanitizer times;
  private long records;

  TokenReplay(MeteringDependencies dependencies, RequestUsageAggregator aggregator) {
    this.dependencies = dependencies;
    this.aggregator = aggregator;
    this.times = new TimestampSanitizer(dependencies.clock());
  }

  /**
   * Reads up to an offset, which is exclusive. It begins before the first one, so that the
   * aggregator also knows which requests have ended shortly before.
   */
  void read(TopicPartition partition, long from, long to) {
    long begin = Math.max(0, from - dependencies.settings().rememberedRequests());
    dependencies.logs().tokens().read(partition, begin, to, this::replay);
    dependencies.metrics().ledger().readBack(records);
    log.info(
        "{}: read {} records back up to {}, {} requests in flight",
        partition,
        records,
        to,
        aggregator.inFlight());
  }

  /** A record that was passed over when it came has its dead letter. */
  private void replay(ConsumerRecord<byte[], byte[]> record) {
    records++;
    PoisonRecords.passOver(
        () -> apply(record),
        failure -> {
          var offset = new TopicOffset(record.topic(), record.partition(), record.offset());
          dependencies.failed().passOverSecond(offset, failure);
          log.debug("passed over offset {} again", record.offset(), failure);
        });
  }

  private void apply(ConsumerRecord<byte[], byte[]> record) {
    long at = times.of(MeteringTopology.time(record));
    aggregator.apply(record.key(), record.value(), record.offset(), at, _ -> {});
  }
}
