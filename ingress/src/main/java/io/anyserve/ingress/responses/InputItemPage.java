package io.anyserve.ingress.responses;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A page of a response's input.
 *
 * @param indices of its items, in the order of the page
 * @param more whether items follow
 */
record InputItemPage(List<Integer> indices, boolean more) {

  /** Items of a page where the client says nothing. */
  static final int DEFAULT = 20;

  InputItemPage {
    indices = List.copyOf(indices);
  }

  /** In which order pages go through the input. */
  enum Order {
    ASCENDING,
    DESCENDING
  }

  /**
   * The page behind an item.
   *
   * @param items how many there are
   * @param after index of the item before the page; -1 for the first page
   */
  static InputItemPage of(int items, Order order, int after, int limit) {
    List<Integer> all =
        switch (order) {
          case ASCENDING -> IntStream.range(after + 1, items).boxed().toList();
          case DESCENDING ->
              IntStream.iterate((after < 0 ? items : after) - 1, i -> i >= 0, i -> i - 1)
                  .boxed()
                  .toList();
        };
    return new InputItemPage(all.subList(0, Math.min(limit, all.size())), all.size() > limit);
  }
}
