package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.TokenRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RestartTest {

  private static final int REMEMBERED = 100_000;
  private static final Tokens ONE = Tokens.of(1);

  @TempDir Path state;

  @Test
  void aCrashInTheMiddleOfAStreamChangesNothing() {
    var log =
        log(
            ONE.started(1, 11),
            ONE.chunk(1, 11, 0, 2),
            ONE.chunk(1, 11, 1, 3),
            ONE.chunk(1, 11, 2, 4),
            ONE.finished(1, 11, 9));
    for (int crashAt = 1; crashAt < log.size(); crashAt++) {
      for (int commitAt = 0; commitAt <= crashAt; commitAt++) {
        assertEquals(9, ledgerWithCrash(log, commitAt, crashAt).getFirst().usage().completion());
      }
    }
  }

  @Test
  void whatEndedBeforeTheCrashStaysEnded() {
    var log =
        log(
            ONE.started(1, 11),
            ONE.finished(1, 11, 0),
            ONE.started(2, 22),
            ONE.finished(2, 22, 0),
            ONE.refused());
    for (int crashAt = 1; crashAt < log.size(); crashAt++) {
      assertEquals(1, ledgerWithCrash(log, crashAt, crashAt).size());
    }
  }

  @Test
  void aRequestThatEndedHasItsPlaceReadBackOnlyForMemory() {
    List<TokenRecord> records = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      records.add(Tokens.of(i).started(1, 1));
      records.add(Tokens.of(i).finished(1, 1, 0));
    }
    TaskRun run = new TaskRun(log(records.toArray(TokenRecord[]::new)), state, 50);
    for (int i = 0; i < 1_500; i++) {
      run.process();
    }
    run.checkpoint();
    run.commit();
    run.crash(true);
    while (!run.atEnd()) {
      run.process();
    }
    run.commit();
    assertEquals(50, run.readBack());
    assertEquals(1_000, run.entries().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theLedgerOfARandomLogWithRandomCrashesIsThePlainOne(int seed) {
    var log = RandomLog.of(seed, 2_000);
    Random random = new Random(seed);
    TaskRun run = new TaskRun(log, state, REMEMBERED);
    int crashes = 0;
    while (!run.atEnd()) {
      run.process();
      int dice = random.nextInt(1_000);
      if (dice < 10) {
        run.checkpoint();
      } else if (dice < 40) {
        run.commit();
      } else if (dice < 50 && crashes < 20) {
        run.crash(random.nextBoolean());
        crashes++;
      }
    }
    run.commit();

    assertTrue(crashes > 5, () -> "too quiet");
    Map<RequestId, PlainLedger.Bill> bills = new HashMap<>();
    for (LedgerEntry entry : run.entries()) {
      assertEquals(null, bills.put(entry.request(), PlainLedger.Bill.of(entry)), entry::toString);
    }
    assertTrue(bills.size() > 50, () -> bills.size() + " lines");
    assertEquals(PlainLedger.bills(log), bills);
  }

  /** Passing over one record after another would leave all of them out of the ledger. */
  @Test
  void whatCannotBeReadBackIsNoFaultOfTheNextRecord() {
    var log = log(ONE.started(1, 11), ONE.chunk(1, 11, 0, 2), ONE.finished(1, 11, 2));
    TaskRun run = new TaskRun(log, state, REMEMBERED);
    run.process();
    run.checkpoint();
    run.commit();
    run.crash(true);
    run.breakLog();
    assertThrows(IllegalStateException.class, run::process);
    run.crash(true);
    run.process();
    run.process();
    run.commit();
    assertEquals(2, run.entries().getFirst().usage().completion());
  }

  private List<LedgerEntry> ledgerWithCrash(
      List<ConsumerRecord<byte[], byte[]>> log, int commitAt, int crashAt) {
    TaskRun run = new TaskRun(log, state, REMEMBERED);
    for (int i = 0; i < crashAt; i++) {
      if (i == commitAt) {
        run.checkpoint();
        run.commit();
      }
      run.process();
    }
    if (commitAt == crashAt) {
      run.checkpoint();
      run.commit();
    }
    run.crash(true);
    while (!run.atEnd()) {
      run.process();
    }
    run.commit();
    return run.entries();
  }

  private static List<ConsumerRecord<byte[], byte[]>> log(TokenRecord... records) {
    List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();
    for (TokenRecord record : records) {
      log.add(
          new ConsumerRecord<>(
              "tokens", 0, log.size(), record.request().bytes(), TokenCodec.encode(record)));
    }
    return log;
  }
}
