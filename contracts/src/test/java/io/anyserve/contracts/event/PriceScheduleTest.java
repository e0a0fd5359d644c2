package io.anyserve.contracts.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.PriceBook.Price;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class PriceScheduleTest {

  private static final TokenUsage USAGE = new TokenUsage(1_000_000, 0, 0);

  private final PriceBook first = book("a", 100, 1, "m", "n");
  private final PriceBook second = book("b", 200, 2, "m");
  private final PriceSchedule schedule = PriceSchedule.of(List.of(second, first));

  @Test
  void aBookHoldsFromItsTimeUntilTheNext() {
    assertEquals(Cost.UNPRICED, charge(99, "m"));
    assertEquals(new Cost(1, "a"), charge(100, "m"));
    assertEquals(new Cost(1, "a"), charge(199, "m"));
    assertEquals(new Cost(2, "b"), charge(200, "m"));
    assertEquals(new Cost(2, "b"), charge(1 << 30, "m"));
  }

  @Test
  void aModelThatTheBookInEffectLeavesOutHasNoPrice() {
    assertEquals(new Cost(1, "a"), charge(150, "n"));
    assertEquals(Cost.UNPRICED, charge(200, "n"));
  }

  @Test
  void whatUsedNothingCostsNothing() {
    assertEquals(
        new Cost(0, "b"), schedule.charge(Instant.ofEpochMilli(300), "", TokenUsage.NONE, false));
    assertEquals(
        new Cost(0, "b"), schedule.charge(Instant.ofEpochMilli(300), "", TokenUsage.NONE, true));
    assertEquals(
        Cost.UNPRICED, schedule.charge(Instant.ofEpochMilli(99), "", TokenUsage.NONE, false));
  }

  @Test
  void ofTwoAtOneTimeTheLaterVersionHolds() {
    PriceSchedule both = schedule.with(book("c", 200, 3, "m"));
    assertEquals(new Cost(3, "c"), both.charge(Instant.ofEpochMilli(200), "m", USAGE, true));
    assertEquals(List.of("a", "b", "c"), both.books().stream().map(PriceBook::version).toList());
  }

  @Test
  void theSameVersionTakesThePlace() {
    PriceSchedule moved = schedule.with(book("b", 150, 5, "m"));
    assertEquals(new Cost(5, "b"), moved.charge(Instant.ofEpochMilli(150), "m", USAGE, true));
    assertEquals(2, moved.books().size());
  }

  @Test
  void whatIsNamedForAllOthersHoldsForThem() {
    PriceSchedule both = schedule.with(book("c", 300, 3, "m", PriceBook.ANY));
    assertEquals(new Cost(3, "c"), both.charge(Instant.ofEpochMilli(300), "n", USAGE, true));
  }

  @Test
  void aCostThatNoRequestCanHaveIsNone() {
    assertEquals(new Cost(Cost.MOST, "a"), new Cost(Cost.MOST, "a").plausible());
    assertEquals(Cost.UNPRICED, new Cost(Cost.MOST + 1, "a").plausible());
    assertEquals(Cost.UNPRICED, new Cost(-1, "a").plausible());
  }

  private Cost charge(long endedAt, String model) {
    return schedule.charge(Instant.ofEpochMilli(endedAt), model, USAGE, true);
  }

  private static PriceBook book(String version, long from, long prompt, String... models) {
    return new PriceBook(
        version,
        Instant.ofEpochMilli(from),
        "EUR",
        Arrays.stream(models)
            .collect(Collectors.toMap(model -> model, _ -> new Price(prompt, 0, 0, 0))));
  }
}
