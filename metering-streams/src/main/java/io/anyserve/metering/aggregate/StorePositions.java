package io.anyserve.metering.aggregate;

import io.anyserve.contracts.event.SourceWatermarks.Mark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * How far the stores of a partition of {@code usage} have counted it, kept beside them in the same
 * transactions:
 *
 * <pre>
 * next              the offset from which on nothing is counted
 * latest            the end of the latest request, milliseconds since the epoch
 * tokens/P/offset   of the last entry counted whose source is partition P, its offset there
 * tokens/P/ended    and the latest end of one
 * </pre>
 *
 * Owned by the thread of its task.
 */
public final class StorePositions {

  private static final String NEXT = "next";
  private static final String LATEST = "latest";
  private static final String SOURCE = "tokens/";
  private static final String OFFSET = "/offset";
  private static final String ENDED = "/ended";

  private final KeyValueStore<String, Long> store;

  public StorePositions(KeyValueStore<String, Long> store) {
    this.store = store;
  }

  /** Empty where nothing was ever stored. */
  public OptionalLong next() {
    @Nullable Long next = store.get(NEXT);
    return next == null ? OptionalLong.empty() : OptionalLong.of(next);
  }

  /** Counting begins there. */
  public void begin(long offset) {
    store.put(NEXT, offset);
  }

  Instant latest() {
    return Instant.ofEpochMilli(orZero(LATEST));
  }

  List<Mark> marks() {
    List<Mark> marks = new ArrayList<>();
    try (KeyValueIterator<String, Long> all = store.all()) {
      while (all.hasNext()) {
        var entry = all.next();
        if (entry.key.startsWith(SOURCE) && entry.key.endsWith(OFFSET)) {
          int partition = partition(entry.key);
          long ended = orZero(SOURCE + partition + ENDED);
          marks.add(new Mark(partition, entry.value, ended));
        }
      }
    }
    return marks;
  }

  void put(long next, Instant latest, List<Mark> marks) {
    put(NEXT, next);
    put(LATEST, latest.toEpochMilli());
    for (Mark mark : marks) {
      put(SOURCE + mark.partition() + OFFSET, mark.offset());
      put(SOURCE + mark.partition() + ENDED, mark.endedAt());
    }
  }

  private void put(String key, long value) {
    if (!Long.valueOf(value).equals(store.get(key))) {
      store.put(key, value);
    }
  }

  private long orZero(String key) {
    @Nullable Long value = store.get(key);
    return value == null ? 0 : value;
  }

  private static int partition(String key) {
    return Integer.parseInt(key.substring(SOURCE.length(), key.length() - OFFSET.length()));
  }
}
