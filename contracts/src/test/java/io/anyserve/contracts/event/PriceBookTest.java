package io.anyserve.contracts.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.TokenUsage;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PriceBookTest {

  private static final PriceBook.Price PRICE = new PriceBook.Price(150_000, 600_000, 75_000, 10);

  @Test
  void addsUpWhatWasUsedAndRoundsOnce() {
    assertEquals(
        (900 * 150_000L + 100 * 75_000L + 50 * 600_000L) / 1_000_000 + 10 + 1,
        PRICE.of(new TokenUsage(1_000, 50, 100), true));
    assertEquals(1, new PriceBook.Price(500_000, 0, 0, 0).of(new TokenUsage(1, 0, 0), true));
    assertEquals(0, new PriceBook.Price(499_999, 0, 0, 0).of(new TokenUsage(1, 0, 0), true));
  }

  @Test
  void aRequestThatDidNotFinishPaysForItsTokensAlone() {
    assertEquals(0, PRICE.of(TokenUsage.NONE, false));
    assertEquals(10, PRICE.of(TokenUsage.NONE, true));
  }

  @Test
  void doesNotOverflow() {
    var dear = new PriceBook.Price(Long.MAX_VALUE, 0, 0, 0);
    assertEquals(Long.MAX_VALUE, dear.of(new TokenUsage(1L << 40, 0, 0), true));
  }

  @Test
  void aModelWithoutAPriceOfItsOwnHasThatOfAny() {
    assertEquals(Optional.of(PRICE), book(Map.of(PriceBook.ANY, PRICE)).price("tiny"));
    assertEquals(Optional.empty(), book(Map.of("other", PRICE)).price("tiny"));
  }

  @Test
  void refusesWhatIsNoBook() {
    assertThrows(
        IllegalArgumentException.class, () -> new PriceBook("a b", Instant.EPOCH, "EUR", Map.of()));
    assertThrows(
        IllegalArgumentException.class, () -> new PriceBook("a", Instant.EPOCH, "euro", Map.of()));
    assertThrows(IllegalArgumentException.class, () -> new PriceBook.Price(-1, 0, 0, 0));
  }

  private static PriceBook book(Map<String, PriceBook.Price> prices) {
    return new PriceBook("v1", Instant.EPOCH, "EUR", prices);
  }
}
