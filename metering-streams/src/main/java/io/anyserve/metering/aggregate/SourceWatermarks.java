package io.anyserve.metering.aggregate;

import io.anyserve.contracts.TopicOffset;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Knows which lines were counted before, by the record of {@code tokens} that ended the request.
 * The fold reads a partition of {@code tokens} in order and writes all lines of a tenant to one
 * partition, so the lines of one source come in the order of their sources, and one mark for each
 * is enough: a line whose source lies neither behind the mark nor ended later than it was there
 * before. That is so when {@code tokens} is read a second time, from wherever.
 *
 * <p>The time is there for a topic that was deleted and made anew. Its offsets begin at 0 again,
 * but its records are later than all of the old one; the mark then goes back to the new offset. The
 * brokers' clock may step back a little within one topic: offsets decide then, and the mark keeps
 * the later time. Owned by the thread of its task.
 */
final class SourceWatermarks {

  /**
   * How far a partition of {@code tokens} is counted.
   *
   * @param endedAt milliseconds since the epoch
   */
  record Mark(long offset, long endedAt) {}

  private final Map<Integer, Mark> marks = new HashMap<>();

  void restore(int partition, Mark mark) {
    marks.put(partition, mark);
  }

  /** Whether the line was not there before; it is from now on. */
  boolean advance(TopicOffset source, Instant endedAt) {
    long ended = endedAt.toEpochMilli();
    @Nullable Mark mark = marks.get(source.partition());
    if (mark != null && source.offset() <= mark.offset() && ended <= mark.endedAt()) {
      return false;
    }
    long latest = mark == null ? ended : Math.max(ended, mark.endedAt());
    marks.put(source.partition(), new Mark(source.offset(), latest));
    return true;
  }

  void forEach(BiConsumer<Integer, Mark> consumer) {
    marks.forEach(consumer);
  }
}
