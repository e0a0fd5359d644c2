package io.anyserve.metering.prices;

import static io.anyserve.metering.prices.BookChange.Kind.CURRENCY;
import static io.anyserve.metering.prices.BookChange.Kind.GAP;
import static io.anyserve.metering.prices.BookChange.Kind.IN_EFFECT;
import static io.anyserve.metering.prices.BookChange.Kind.OVERLAP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.contracts.event.PriceSchedule;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class BookChangeTest {

  private final PriceBook first = book("a", 100, 1, "m", "n");
  private final PriceBook second = book("b", 200, 2, "m");
  private final PriceSchedule schedule = PriceSchedule.of(List.of(second, first));

  @Test
  void aGapIsSeenOnBothSides() {
    assertEquals(List.of(GAP), objections(book("c", 300, 1, "n"), 250));
    assertEquals(List.of(), objections(book("c", 300, 1, "m"), 250));
    assertEquals(List.of(), objections(book("c", 300, 1, PriceBook.ANY), 250));
    assertEquals(List.of(GAP), objections(book("c", 150, 1, "m", "n", "o"), 120));
    assertTrue(change(book("c", 300, 1, "n"), 250).objections().getFirst().what().contains("[m]"));
  }

  @Test
  void timesVersionsAndCurrenciesMustBeFree() {
    assertEquals(List.of(OVERLAP), objections(book("c", 200, 1, "m", "n"), 120));
    assertEquals(List.of(IN_EFFECT), objections(book("b", 210, 1, "m", "n"), 205));
    assertEquals(List.of(), objections(book("b", 210, 1, "m", "n"), 199));
    var dollars = new PriceBook("c", Instant.ofEpochMilli(300), "USD", second.prices());
    assertEquals(
        List.of(CURRENCY),
        new BookChange(schedule, dollars, Instant.ofEpochMilli(1))
            .objections().stream().map(BookChange.Objection::kind).toList());
  }

  @Test
  void settingWhatIsThereIsNothing() {
    assertTrue(change(second, 500).nothing());
    assertEquals(List.of(), objections(second, 500));
    assertFalse(change(book("b", 200, 9, "m"), 500).nothing());
  }

  private List<BookChange.Kind> objections(PriceBook book, long now) {
    return change(book, now).objections().stream().map(BookChange.Objection::kind).toList();
  }

  private BookChange change(PriceBook book, long now) {
    return new BookChange(schedule, book, Instant.ofEpochMilli(now));
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
