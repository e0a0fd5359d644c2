package io.anyserve.ingress.responses;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.ingress.responses.InputItemPage.Order;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InputItemPageTest {

  @ParameterizedTest
  @CsvSource({
    "5, ASCENDING, -1, 2, 0 1, true",
    "5, ASCENDING, 1, 3, 2 3 4, false",
    "5, ASCENDING, 4, 3, '', false",
    "5, DESCENDING, -1, 2, 4 3, true",
    "5, DESCENDING, 3, 3, 2 1 0, false",
    "5, DESCENDING, 0, 3, '', false",
    "1, DESCENDING, -1, 1, 0, false"
  })
  void pagesGoThroughAll(
      int items, Order order, int after, int limit, String indices, boolean more) {
    List<Integer> expected =
        Arrays.stream(indices.split(" ", 0))
            .filter(index -> !index.isEmpty())
            .map(Integer::valueOf)
            .toList();
    assertEquals(new InputItemPage(expected, more), InputItemPage.of(items, order, after, limit));
  }
}
