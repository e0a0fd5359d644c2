package io.anyserve.router.results;

import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.TokenEventKind;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.recovery.InFlightRequests;
import io.anyserve.runtime.kafka.PoisonRecords;
import io.anyserve.runtime.kafka.SeekableLogReader;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the requests in flight of one partition on the heap. Its store holds one offset: reading
 * the log from there brings them back after a restart. An older offset only means more to read. A
 * stream thread's.
 */
final class InFlightTracker {

  private static final Logger log = LoggerFactory.getLogger(InFlightTracker.class);
  private static final String READ_BACK_FROM = "read-back-from";
  private static final Duration KEPT = AsyncRequestStore.KEPT;

  private final TopicPartition partition;
  private final KeyValueStore<String, Long> positions;
  private final SeekableLogReader past;
  private final InFlightRequests requests = new InFlightRequests();
  private boolean begun;
  private boolean ready;
  private long position;
  private long time;

  InFlightTracker(
      TopicPartition partition, KeyValueStore<String, Long> positions, SeekableLogReader past) {
    this.partition = partition;
    this.positions = positions;
    this.past = past;
  }

  InFlightRequests requests() {
    return requests;
  }

  /** The requests of earlier tasks are read back. */
  boolean isReady() {
    return ready;
  }

  /** Applies an event to its request. */
  void apply(TokenRecord record, long offset, long at, long now) {
    requests.apply(record, offset, at, now);
    time = at;
  }

  /**
   * Notes that a record was read and applied. The offset of the very first one is stored at once.
   */
  void passed(long offset) {
    position = offset + 1;
    requests.passed(position);
    if (!begun) {
      begun = true;
      if (positions.get(READ_BACK_FROM) == null) {
        positions.put(READ_BACK_FROM, offset);
        ready = true;
      }
    }
  }

  /** Forgets old requests and stores the offset to read back from. */
  void checkpoint(long now) {
    if (!ready && !catchUp(now)) {
      return;
    }
    requests.purge(time - KEPT.toMillis());
    long from = requests.oldestOffset().orElse(position);
    if (position > 0 && !Long.valueOf(from).equals(positions.get(READ_BACK_FROM))) {
      positions.put(READ_BACK_FROM, from);
    }
  }

  /**
   * Reads back what earlier tasks knew. It reads up to the log's end, as a worker may have died
   * while no router ran and no new record may follow. What is read twice changes nothing.
   */
  private boolean catchUp(long now) {
    @Nullable Long from = positions.get(READ_BACK_FROM);
    try {
      if (from != null) {
        long end = past.end(partition);
        past.read(partition, from, end, record -> replay(record, now));
        requests.passed(end);
        position = Math.max(position, from);
        log.info("{}: {} requests in flight since offset {}", partition, requests.running(), from);
      }
      ready = true;
    } catch (KafkaException e) {
      log.warn("{}: failed to read back; retrying: {}", partition, e.toString());
    }
    return ready;
  }

  /** A record that was passed over when it was new is passed over again. */
  private void replay(ConsumerRecord<byte[], byte[]> record, long now) {
    PoisonRecords.passOver(
        () -> follow(record, now),
        buried -> log.debug("{}@{}: {}", partition, record.offset(), buried.toString()));
  }

  private void follow(ConsumerRecord<byte[], byte[]> record, long now) {
    if (TokenEventKind.of(record.key(), record.value()).counts()) {
      TokenRecord token = TokenCodec.decode(record.key(), record.value());
      apply(token, record.offset(), Math.max(0, record.timestamp()), now);
    }
  }
}
