package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** Accounts of random ledgers, against the plain sums of the same lines. */
final class AccountsTest {

  private static final int LENGTH = 3_000;

  @TempDir Path state;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void theyAreThePlainSumsWheneverTheyAreWrittenAndWhateverCrashes(int seed) {
    RandomUsage usage = RandomUsage.of(seed, LENGTH);
    AccountsRun run = new AccountsRun(usage.records(), state);
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

    assertTrue(crashes > 5, () -> "too quiet");
    assertTrue(run.count("repeated") > 100, () -> "nothing came twice");
    assertTrue(run.letters() > 30, () -> "no garbage");
    assertEquals(PlainAccounts.of(usage.lines()), run.accounts());
    assertTopicsAreStores(run);
    assertEveryKindOfWindowAddsUp(usage.lines(), run.accounts());
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 12, 13})
  void countingAllOfTheLedgerAnewGivesTheSame(int seed) {
    RandomUsage usage = RandomUsage.of(seed, LENGTH);
    AccountsRun first = new AccountsRun(usage.records(), state);
    first.toEnd();
    AccountsRun second = new AccountsRun(usage.records(), state);
    second.toEnd();
    assertEquals(first.accounts(), second.accounts());

    usage.again();
    first.toEnd();
    assertEquals(second.accounts(), first.accounts());
    AccountsRun third = new AccountsRun(usage.records(), state);
    third.toEnd();
    assertEquals(second.accounts(), third.accounts());
  }

  @ParameterizedTest
  @ValueSource(ints = {21, 22, 23})
  void lostStoresAreFilledFromTheLedgerAndLostOffsetsCountNothingTwice(int seed) {
    RandomUsage usage = RandomUsage.of(seed, LENGTH);
    AccountsRun run = new AccountsRun(usage.records(), state);
    for (int i = 0; i < LENGTH / 2; i++) {
      run.process();
    }
    run.settle();
    run.loseStores();
    run.toEnd();
    assertEquals(PlainAccounts.of(usage.lines()), run.accounts());

    run.beginAgain();
    run.toEnd();
    assertEquals(PlainAccounts.of(usage.lines()), run.accounts());
    assertTopicsAreStores(run);
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 32, 33, 34})
  void linesThatComeTooLateForTheirWindowStillCountInTotals(int seed) {
    RandomUsage usage = RandomUsage.of(seed, 3 * LENGTH);
    AccountsRun run = new AccountsRun(usage.records(), state);
    run.toEnd();
    assertTrue(run.count("late") > 0, () -> "nothing was late");
    assertEquals(PlainAccounts.of(usage.lines()), run.accounts());
  }

  private static void assertTopicsAreStores(AccountsRun run) {
    assertEquals(run.bytes().keySet(), run.topics().keySet());
    run.bytes().forEach((key, value) -> assertArrayEquals(value, run.topics().get(key), key));
  }

  /** Over all that is kept, each kind of series alone comes to the same tokens. */
  private static void assertEveryKindOfWindowAddsUp(
      List<LedgerEntry> lines, Map<String, Object> accounts) {
    assertTrue(lines.size() > LENGTH / 2, () -> "too few lines");
    for (WindowGranularity size : WindowGranularity.values()) {
      long models = tokens(accounts, size, "/model/");
      assertEquals(models, tokens(accounts, size, "/session/"), size::name);
      assertEquals(models, tokens(accounts, size, "/key/"), size::name);
    }
  }

  private static long tokens(Map<String, Object> accounts, WindowGranularity size, String kind) {
    return accounts.entrySet().stream()
        .filter(entry -> entry.getKey().contains(kind))
        .map(Map.Entry::getValue)
        .filter(UsageWindow.class::isInstance)
        .map(UsageWindow.class::cast)
        .filter(window -> window.size() == size)
        .mapToLong(window -> window.totals().usage().completion())
        .sum();
  }
}
