package io.anyserve.router;

import io.anyserve.contracts.ReplyAddress;
import io.anyserve.contracts.RequestId;
import java.time.Duration;
import org.apache.kafka.common.utils.Utils;

/**
 * What the router adds to a submission and what it allows.
 *
 * @param tokenPartitions of the topic {@code tokens}
 * @param deadline of asynchronous requests that name none
 * @param maxRecordBytes of a value that is passed on
 */
record IntakeRules(int tokenPartitions, Duration deadline, int maxRecordBytes) {

  /** What a broker takes by default (1 MiB for a batch), less headers and framing. */
  static final int DEFAULT_MAX_RECORD_BYTES = 1_000_000;

  IntakeRules {
    if (tokenPartitions < 1) {
      throw new IllegalArgumentException(
          "token partitions: " + tokenPartitions + " (expected: >= 1)");
    }
  }

  /**
   * Where the events of an asynchronous request go: the partition that Kafka's own partitioner
   * gives its key, so that everybody who knows the id finds them.
   */
  ReplyAddress replyOf(RequestId id) {
    int partition = Utils.toPositive(Utils.murmur2(id.bytes())) % tokenPartitions;
    return new ReplyAddress(partition, ReplyAddress.UNKNOWN_OFFSET);
  }
}
