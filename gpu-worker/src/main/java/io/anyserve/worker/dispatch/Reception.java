package io.anyserve.worker.dispatch;

import io.anyserve.contracts.Priority;
import io.anyserve.contracts.TopicOffset;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Begins to answer acquired records; must not block for long. Thread-safe. */
public interface Reception {

  /**
   * Begins to answer these records.
   *
   * @param acquiredAt a time before they were locked
   */
  List<Delivery> receive(
      Priority lane, List<ConsumerRecord<byte[], byte[]>> records, long acquiredAt);

  /** Says in the log that this worker has the request, if nobody has said so yet. */
  void claim(Delivery delivery);

  /** The broker gives these records to other workers, though this one has begun them. */
  void doubt(List<TopicOffset> refused);
}
