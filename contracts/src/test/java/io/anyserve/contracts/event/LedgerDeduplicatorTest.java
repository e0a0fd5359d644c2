package io.anyserve.contracts.event;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TopicOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LedgerDeduplicatorTest {

  private final LedgerDeduplicator ledger = new LedgerDeduplicator();

  @Test
  void aStretchThatIsDerivedAgainIsRepeatedUpToWhereItWas() {
    assertFalse(ledger.repeated(0, entry(0, 10, 100)));
    assertFalse(ledger.repeated(0, entry(0, 12, 100)));
    assertTrue(ledger.repeated(0, entry(0, 10, 100)));
    assertTrue(ledger.repeated(0, entry(0, 12, 100)));
    assertFalse(ledger.repeated(0, entry(0, 13, 101)));
  }

  @Test
  void partitionsOnBothSidesAreApart() {
    assertFalse(ledger.repeated(0, entry(0, 10, 100)));
    assertFalse(ledger.repeated(0, entry(1, 9, 99)));
    assertFalse(ledger.repeated(1, entry(0, 9, 99)));
  }

  @Test
  void aTopicMadeAnewBeginsAtItsFirstOffsetLater() {
    assertFalse(ledger.repeated(0, entry(0, 1_000, 100)));
    assertFalse(ledger.repeated(0, entry(0, 3, 500)));
    assertFalse(ledger.repeated(0, entry(0, 4, 500)));
    assertTrue(ledger.repeated(0, entry(0, 3, 500)));
    assertFalse(ledger.repeated(0, entry(0, 1_001, 501)));
  }

  @Test
  void topicsAreApart() {
    assertFalse(ledger.repeated(0, entry(0, 10, 100)));
    var other = Optional.of(new TopicOffset("other", 0, 9));
    assertFalse(ledger.repeated(0, LedgerEntries.entry(other, 99)));
  }

  private static LedgerEntry entry(int partition, long offset, long endedAt) {
    return LedgerEntries.entry(Optional.of(new TopicOffset("tokens", partition, offset)), endedAt);
  }
}
