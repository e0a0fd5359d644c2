package io.anyserve.metering.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RecentIdsTest {

  @Test
  void theLatestAreKnownAndMemoryIsBounded() {
    RecentIds ids = new RecentIds(1_000);
    Random random = new Random(1);
    long[] lows = random.longs(10_000).toArray();
    for (long low : lows) {
      ids.add(new RequestId(5, low));
    }
    int known = 0;
    for (int i = 0; i < lows.length; i++) {
      boolean contained = ids.contains(new RequestId(5, lows[i]));
      known += contained ? 1 : 0;
      if (i >= lows.length - 1_000) {
        assertTrue(contained);
      }
    }
    assertTrue(known <= 2_000, "known: " + known);
  }

  @Test
  void idsThatDifferInOneHalfAreDifferent() {
    RecentIds ids = new RecentIds(10);
    ids.add(new RequestId(1, 2));
    assertTrue(ids.contains(new RequestId(1, 2)));
    assertFalse(ids.contains(new RequestId(2, 1)));
    assertFalse(ids.contains(new RequestId(1, 0)));
    assertFalse(ids.contains(new RequestId(0, 2)));
    assertFalse(ids.contains(new RequestId(0, 0)));
  }

  @Test
  void theZeroIdIsAnIdLikeAnyOther() {
    RecentIds ids = new RecentIds(10);
    ids.add(new RequestId(0, 0));
    ids.add(new RequestId(0, 0));
    assertTrue(ids.contains(new RequestId(0, 0)));
    assertFalse(ids.contains(new RequestId(0, 1)));
  }

  @Test
  void aCapacityOfNothingIsRefused() {
    var refused = assertThrows(IllegalArgumentException.class, () -> new RecentIds(0));
    assertEquals("capacity: 0 (expected: >= 1)", refused.getMessage());
  }
}
