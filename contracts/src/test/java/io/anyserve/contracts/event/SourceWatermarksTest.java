package io.anyserve.contracts.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.SourceWatermarks.Mark;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SourceWatermarksTest {

  private static final int PARTITIONS = 3;

  /** A record of {@code tokens} that ended a request; the topic may have been created again. */
  private record Source(int topicCreation, int partition, long offset, long endedAt) {

    LedgerEntry entry() {
      return LedgerEntries.entry(
          Optional.of(new TopicOffset("tokens", partition, offset)), endedAt);
    }
  }

  @Test
  void countsEachSourceOnceHoweverOftenItIsReplayed() {
    for (int seed = 0; seed < 200; seed++) {
      SourceWatermarks watermarks = new SourceWatermarks(List.of());
      Set<Source> counted = new HashSet<>();
      for (Source source : derivations(new Random(seed))) {
        assertEquals(
            counted.add(source),
            watermarks.advance(source.entry()),
            "seed " + seed + ": " + source);
        watermarks = new SourceWatermarks(watermarks.marks());
      }
    }
  }

  /** What metering derives, in its order, when it is set back now and then. */
  private static List<Source> derivations(Random random) {
    List<Source> derived = new ArrayList<>();
    long now = 1_000;
    for (int creation = 0; creation < 3; creation++) {
      List<List<Source>> topic = new ArrayList<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        topic.add(partition(random, creation, partition, now));
      }
      now += 1_000;
      topic.forEach(sources -> replay(random, sources, derived));
    }
    return derived;
  }

  /** Offsets rise; the broker's clock may step back, but not before the topic's creation. */
  private static List<Source> partition(Random random, int creation, int partition, long created) {
    List<Source> sources = new ArrayList<>();
    long offset = random.nextInt(3);
    for (int i = 0; i < 8; i++) {
      sources.add(new Source(creation, partition, offset, created + random.nextInt(900)));
      offset += 1 + random.nextInt(4);
    }
    return sources;
  }

  private static void replay(Random random, List<Source> sources, List<Source> derived) {
    int next = 0;
    while (next < sources.size()) {
      derived.add(sources.get(next));
      next = random.nextInt(4) == 0 ? random.nextInt(next + 1) : next + 1;
    }
  }

  @Test
  void countsEveryEntryWithoutSource() {
    SourceWatermarks watermarks = new SourceWatermarks(List.of());
    LedgerEntry entry = LedgerEntries.entry(Optional.empty(), 1);
    assertTrue(watermarks.advance(entry));
    assertTrue(watermarks.advance(entry));
    assertEquals(List.of(), watermarks.marks());
  }

  @Test
  void goesOnFromMarks() {
    var watermarks = new SourceWatermarks(List.of(new Mark(2, 20, 500), new Mark(1, 10, 500)));
    assertFalse(watermarks.advance(new Source(0, 1, 10, 500).entry()));
    assertFalse(watermarks.advance(new Source(0, 2, 20, 500).entry()));
    assertTrue(watermarks.advance(new Source(0, 2, 21, 400).entry()));
    assertEquals(List.of(new Mark(1, 10, 500), new Mark(2, 21, 500)), watermarks.marks());
  }

  @Test
  void aMarkLiesInAPartitionAtAnOffset() {
    assertThrows(IllegalArgumentException.class, () -> new Mark(-1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Mark(0, -1, 0));
  }
}
