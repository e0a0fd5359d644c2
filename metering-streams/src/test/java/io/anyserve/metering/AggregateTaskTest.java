package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Aggregates of random ledgers, against the plain sums of the same entries. */
final class AggregateTaskTest {

  private static final int LENGTH = 3_000;

  @TempDir Path state;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void theyAreThePlainSumsWheneverTheyAreWrittenAndWhateverCrashes(int seed) {
    RandomUsage usage = RandomUsage.of(seed, LENGTH);
    AggregateTaskRun run = new AggregateTaskRun(usage.records(), state);
    Random random = new Random(seed);
    int crashes = 0;
    while (!run.atEnd()) {
      run.process();
      int dice = random.nextInt(1_000);
      if (dice < 20) {
        run.flush();
      } else if (dice < 60) {
        run.commit();
      } else if (dice < 75) {
        run.crash();
        crashes++;
      }
    }
    run.settle();

    assertFalse(run.isDue(), () -> "work without records");
    assertTrue(crashes > 5, () -> "too quiet");
    assertTrue(run.count("repeated") > 100, () -> "nothing came twice");
    assertTrue(run.deadLetters() > 30, () -> "no garbage");
    assertEquals(PlainAggregates.of(usage.entries()), run.aggregates());
    assertTopicsAreStores(run);
    assertEveryKindOfWindowAddsUp(usage.entries(), run.aggregates());
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 12, 13})
  void countingAllOfTheLedgerAnewGivesTheSame(int seed) {
    RandomUsage usage = RandomUsage.of(seed, LENGTH);
    AggregateTaskRun first = new AggregateTaskRun(usage.records(), state);
    first.toEnd();
    AggregateTaskRun second = new AggregateTaskRun(usage.records(), state);
    second.toEnd();
    assertEquals(first.aggregates(), second.aggregates());

    usage.again();
    first.toEnd();
    assertEquals(second.aggregates(), first.aggregates());
    AggregateTaskRun third = new AggregateTaskRun(usage.records(), state);
    third.toEnd();
    assertEquals(second.aggregates(), third.aggregates());
  }

  @ParameterizedTest
  @ValueSource(ints = {21, 22, 23})
  void lostStoresAreFilledFromTheLedgerAndLostOffsetsCountNothingTwice(int seed) {
    RandomUsage usage = RandomUsage.of(seed, LENGTH);
    AggregateTaskRun run = new AggregateTaskRun(usage.records(), state);
    for (int i = 0; i < LENGTH / 2; i++) {
      run.process();
    }
    run.settle();
    run.loseStores();
    run.toEnd();
    assertEquals(PlainAggregates.of(usage.entries()), run.aggregates());

    run.beginAgain();
    run.toEnd();
    assertEquals(PlainAggregates.of(usage.entries()), run.aggregates());
    assertTopicsAreStores(run);
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 32, 33, 34})
  void linesThatComeTooLateForTheirWindowStillCountInTotals(int seed) {
    RandomUsage usage = RandomUsage.of(seed, 3 * LENGTH);
    AggregateTaskRun run = new AggregateTaskRun(usage.records(), state);
    run.toEnd();
    assertTrue(run.count("late") > 0, () -> "nothing was late");
    assertEquals(PlainAggregates.of(usage.entries()), run.aggregates());
  }

  private static void assertTopicsAreStores(AggregateTaskRun run) {
    assertEquals(run.bytes().keySet(), run.topics().keySet());
    run.bytes().forEach((key, value) -> assertArrayEquals(value, run.topics().get(key), key));
  }

  /** Over all that is kept, each kind of series alone comes to the same tokens. */
  private static void assertEveryKindOfWindowAddsUp(
      List<LedgerEntry> entries, Map<String, Object> aggregates) {
    assertTrue(entries.size() > LENGTH / 2, () -> "too few lines");
    for (WindowGranularity size : WindowGranularity.values()) {
      long models = tokens(aggregates, size, "/model/");
      assertEquals(models, tokens(aggregates, size, "/session/"), size::name);
      assertEquals(models, tokens(aggregates, size, "/key/"), size::name);
    }
  }

  private static long tokens(Map<String, Object> aggregates, WindowGranularity size, String kind) {
    return aggregates.entrySet().stream()
        .filter(entry -> entry.getKey().contains(kind))
        .map(Map.Entry::getValue)
        .filter(UsageWindow.class::isInstance)
        .map(UsageWindow.class::cast)
        .filter(window -> window.size() == size)
        .mapToLong(window -> window.totals().usage().completion())
        .sum();
  }
}
