package io.anyserve.router.intake;

import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.topic.KeyPartition;
import io.anyserve.contracts.topic.TopicCatalogue;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What the router adds to a submission and what it allows.
 *
 * @param intakePartitions of the topic {@code intake}
 * @param tokenPartitions of the topic {@code tokens}
 * @param deadline of asynchronous requests that name none
 * @param maxRecordBytes of a value that is passed on
 */
public record IntakeRules(
    int intakePartitions, int tokenPartitions, Duration deadline, int maxRecordBytes) {

  /** What a broker takes by default (1 MiB for a batch), less headers and framing. */
  public static final int DEFAULT_MAX_RECORD_BYTES = 1_000_000;

  public IntakeRules {
    if (tokenPartitions < 1 || intakePartitions < 1) {
      throw new IllegalArgumentException(
          "partitions of tokens, intake: "
              + tokenPartitions
              + ", "
              + intakePartitions
              + " (expected: >= 1)");
    }
  }

  /**
   * Where the submissions of an id meet: the partition of {@code intake} that Kafka's own
   * partitioner gives the id as a key.
   */
  int homeOf(RequestId id) {
    return KeyPartition.of(id.bytes(), intakePartitions);
  }

  /**
   * When an asynchronous request ends at the latest.
   *
   * @throws IllegalArgumentException when the topic of its priority does not keep it that long
   */
  Instant deadline(Optional<Instant> asked, Priority priority, Instant at) {
    Duration longest = TopicCatalogue.longestDeadline(priority);
    if (asked.filter(at.plus(longest)::isBefore).isPresent()) {
      throw new IllegalArgumentException(
          "deadline: in "
              + Duration.between(at, asked.get())
              + " (expected: at most "
              + longest
              + " for "
              + priority.name().toLowerCase(Locale.ROOT)
              + " requests)");
    }
    Duration usual = deadline.compareTo(longest) < 0 ? deadline : longest;
    return asked.orElse(at.plus(usual));
  }

  /**
   * Where the events of an asynchronous request go: the partition that Kafka's own partitioner
   * gives its key, so that everybody who knows the id finds them.
   */
  ReplyTo replyOf(RequestId id) {
    return new ReplyTo(KeyPartition.of(id.bytes(), tokenPartitions), ReplyTo.UNKNOWN_OFFSET);
  }
}
