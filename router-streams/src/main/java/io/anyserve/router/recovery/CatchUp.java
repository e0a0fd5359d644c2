package io.anyserve.router.recovery;

import io.anyserve.contracts.WorkerId;
import io.anyserve.runtime.kafka.SeekableLogReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Waits until everything that a worker had written when it seemed to be lost is applied: its last
 * terminal events and hand-overs count. The recovery's thread owns it.
 */
final class CatchUp {

  /** Who reads the log may be far behind, or starting: longer than that nobody waits. */
  static final Duration LONGEST = Duration.ofSeconds(1);

  private final String tokens;
  private final SeekableLogReader past;
  private Map<Key, Mark> before = new HashMap<>();
  private Map<Key, Mark> marks = new HashMap<>();

  private record Key(WorkerId worker, int partition) {}

  /** The partition's end at that time. */
  private record Mark(long end, long at) {}

  /**
   * @param tokens the topic
   */
  CatchUp(String tokens, SeekableLogReader past) {
    this.tokens = tokens;
    this.past = past;
  }

  /** Begins a check: marks that the last one did not ask for are dropped. */
  void begin() {
    before = marks;
    marks = new HashMap<>();
  }

  /** Whether all is applied. The first time it asks for the partition's end; a KafkaException. */
  boolean done(WorkerId worker, int partition, InFlightRequests applied, long now) {
    Key key = new Key(worker, partition);
    Mark mark = marks.computeIfAbsent(key, _ -> mark(key, now));
    return applied.position() >= mark.end() || now - mark.at() >= LONGEST.toMillis();
  }

  private Mark mark(Key key, long now) {
    Mark known = before.get(key);
    return known == null
        ? new Mark(past.end(new TopicPartition(tokens, key.partition())), now)
        : known;
  }
}
