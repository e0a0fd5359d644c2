package io.anyserve.metering;

import static io.anyserve.metering.FailedRecords.REMEMBERED_PER_PARTITION;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.TopicOffset;
import org.junit.jupiter.api.Test;

final class FailedRecordsTest {

  private static final long OLDEST = 10;

  private final RuntimeException failure = new IllegalStateException("no price");
  private final FailedRecords failed = new FailedRecords();

  @Test
  void passesOverARecordThatFailsTwice() {
    assertAborts(0, 7);
    assertPassesOver(0, 7);
    assertPassesOver(0, 7);
    assertAborts(1, 7);
  }

  @Test
  void passesOverEarlierRecordsOfAPartitionWithTooManyFailures() {
    fill();
    assertPassesOver(0, OLDEST - 1);
    assertAborts(1, OLDEST - 1);
  }

  @Test
  void forgetsTheLowestOffsetAndPassesItOverAllTheSame() {
    fill();
    assertAborts(0, OLDEST + REMEMBERED_PER_PARTITION);
    for (long offset = OLDEST; offset <= OLDEST + REMEMBERED_PER_PARTITION; offset++) {
      assertPassesOver(0, offset);
    }
    assertAborts(0, OLDEST + REMEMBERED_PER_PARTITION + 1);
  }

  private void fill() {
    for (int i = 0; i < REMEMBERED_PER_PARTITION; i++) {
      assertAborts(0, OLDEST + i);
    }
  }

  private void assertAborts(int partition, long offset) {
    var record = new TopicOffset("tokens", partition, offset);
    assertSame(
        failure,
        assertThrows(RuntimeException.class, () -> failed.passOverSecond(record, failure)));
  }

  private void assertPassesOver(int partition, long offset) {
    var record = new TopicOffset("tokens", partition, offset);
    assertDoesNotThrow(() -> failed.passOverSecond(record, failure));
  }
}
