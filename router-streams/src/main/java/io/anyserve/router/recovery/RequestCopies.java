package io.anyserve.router.recovery;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Writes copies of requests to where they lay. */
@FunctionalInterface
public interface RequestCopies {

  /**
   * Begins to write.
   *
   * @param found the record as it was
   * @param now milliseconds since the epoch, by the router's clock
   */
  Receipt publish(ConsumerRecord<byte[], byte[]> found, byte[] value, long now);

  /** One copy on its way. */
  @FunctionalInterface
  interface Receipt {

    /** Returns when the copy is in the log. Throws a KafkaException when it did not get there. */
    void await();
  }
}
