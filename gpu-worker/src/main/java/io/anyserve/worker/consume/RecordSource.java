package io.anyserve.worker.consume;

import io.anyserve.contracts.TopicOffset;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A member of a share group. One thread owns it, but for {@link #wake}.
 *
 * <p>All records handed over have to be acknowledged, one way or the other, before the next poll.
 */
interface RecordSource extends AutoCloseable {

  /** Sends what was acknowledged and acquires what there is; less patient after {@link #wake}. */
  List<ConsumerRecord<byte[], byte[]>> poll(Duration patience);

  /** Takes effect with the next poll or commit. */
  void acknowledge(ConsumerRecord<byte[], byte[]> record, AcknowledgeType type);

  /** Sends what was acknowledged now, and does not wait for it. */
  void commit();

  /**
   * The records whose acknowledgement the broker did not take, since the last call, as far as the
   * polls and commits since then have heard: it gives them to other workers, if it has not yet.
   * After {@link #close} also those that it did not answer to.
   */
  List<TopicOffset> refused();

  /**
   * No broker has been connected for a while: what was acquired is no longer locked, as a broker
   * releases it when the connection ends.
   */
  boolean lost();

  /** Ends a poll; any thread. */
  void wake();

  /** Sends what was acknowledged; what was not goes to others. */
  @Override
  void close();
}
