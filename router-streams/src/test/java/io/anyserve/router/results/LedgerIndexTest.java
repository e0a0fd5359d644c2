package io.anyserve.router.results;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.id;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.router.FakePastLog;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where the ledger's entries lie, and what a store that lost its last ones finds again. */
final class LedgerIndexTest {

  private static final byte[] LINE = {1};

  private ResultsRun run = new ResultsRun();
  private Instant now = NOW;

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void aLineIsFoundByItsRequest() {
    entry(id(1));
    entry(id(2));
    assertEquals(Optional.of(at(1)), find(id(2)));
    assertEquals(Optional.empty(), find(id(3)));
  }

  @Test
  void whatIsNoLineIsPassedOver() {
    run.put(run.topics.usage(), null, LINE);
    run.put(run.topics.usage(), new byte[] {1, 2}, LINE);
    entry(id(1));
    assertEquals(Optional.of(at(2)), find(id(1)));
  }

  @Test
  void afterADayALineIsForgotten() {
    entry(id(1));
    pass(LedgerIndex.KEPT);
    entry(id(2));
    assertEquals(Optional.of(at(0)), find(id(1)));
    pass(Duration.ofHours(2));
    assertEquals(Optional.empty(), find(id(1)));
    assertEquals(1, entries());
  }

  @Test
  void aNewDiskIsFilledFromTheLedger() {
    FakePastLog past = new FakePastLog();
    past.append(run.topics.usage(), id(1).bytes(), LINE, NOW.minus(LedgerIndex.KEPT.plusHours(2)));
    past.append(run.topics.usage(), id(2).bytes(), LINE, NOW.minusSeconds(60));
    past.append(run.topics.usage(), id(3).bytes(), LINE, NOW);
    run.close();
    run = new ResultsRun(past);
    pass(LedgerProcessor.INTERVAL);
    assertEquals(Optional.empty(), find(id(1)));
    assertEquals(Optional.of(at(1)), find(id(2)));
    assertEquals(Optional.of(at(2)), find(id(3)));
  }

  @Test
  void whatLiesBehindTheMarkIsReadBack() {
    FakePastLog past = new FakePastLog();
    for (int i = 0; i < 4; i++) {
      past.append(run.topics.usage(), id(i).bytes(), LINE, NOW);
    }
    run.close();
    run = new ResultsRun(past);
    store().put(LedgerIndex.MARKER, LedgerIndex.value(at(2)));
    pass(LedgerProcessor.INTERVAL);
    assertEquals(Optional.empty(), find(id(1)));
    assertEquals(Optional.of(at(2)), find(id(2)));
    assertEquals(Optional.of(at(3)), find(id(3)));
    byte[] mark = store().get(LedgerIndex.MARKER);
    assertEquals(at(4), LedgerIndex.position(run.topics.usage(), mark));
  }

  @Test
  void aLedgerThatCannotBeReadIsReadLater() {
    run.past.append(run.topics.usage(), id(1).bytes(), LINE, NOW);
    run.past.broken(true);
    pass(LedgerProcessor.INTERVAL);
    run.past.broken(false);
    pass(LedgerProcessor.INTERVAL);
    assertEquals(Optional.of(at(0)), find(id(1)));
  }

  private void entry(RequestId request) {
    run.put(run.topics.usage(), request.bytes(), LINE);
  }

  private void pass(Duration time) {
    now = now.plus(time);
    run.advance(time);
  }

  private Optional<TopicOffset> find(RequestId request) {
    return LedgerIndex.find(store()::get, run.topics.usage(), request, now);
  }

  /** Without the mark. */
  private int entries() {
    int count = -1;
    try (var all = store().all()) {
      for (; all.hasNext(); count++) {
        all.next();
      }
    }
    return count;
  }

  private KeyValueStore<Bytes, byte[]> store() {
    return run.driver.getKeyValueStore(ResultsTopology.LEDGER);
  }

  private TopicOffset at(long offset) {
    return new TopicOffset(run.topics.usage(), 0, offset);
  }
}
