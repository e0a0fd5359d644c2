package io.anyserve.router.conversations;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/** Where the edits of one partition are written. One thread at a time calls it. */
interface ConversationLog extends AutoCloseable {

  /** Whether it may write; not before {@link #open} and not after a failure. */
  boolean isOpen();

  /**
   * Takes the partition over: whoever wrote to it before writes nothing more.
   *
   * @return the offset of a record that lies behind all that was written before
   * @throws io.anyserve.contracts.FailureException BROKER_UNAVAILABLE
   */
  long open();

  /**
   * Writes all records or none.
   *
   * @param records by key, without value where a record is deleted
   * @return the offset of the last one
   * @throws io.anyserve.contracts.FailureException BROKER_UNAVAILABLE: they may be written or not;
   *     the log is closed then
   */
  long write(Map<Bytes, Optional<byte[]>> records);

  @Override
  void close();
}
