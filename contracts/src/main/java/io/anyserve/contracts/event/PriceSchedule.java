package io.anyserve.contracts.event;

import io.anyserve.contracts.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All price books there are, in the order in which they take effect. Immutable.
 *
 * <p>In effect is the book with the latest effective time that is not after the end of a request;
 * of two with the same time the one with the lexically greater version.
 */
public final class PriceSchedule {

  public static final PriceSchedule EMPTY = new PriceSchedule(List.of());

  private static final Comparator<PriceBook> ORDER =
      Comparator.comparing(PriceBook::effectiveFrom).thenComparing(PriceBook::version);

  private final List<PriceBook> books;
  private final NavigableMap<Instant, PriceBook> byTime = new TreeMap<>();

  private PriceSchedule(List<PriceBook> ordered) {
    books = ordered;
    books.forEach(book -> byTime.put(book.effectiveFrom(), book));
  }

  public static PriceSchedule of(Collection<PriceBook> books) {
    return new PriceSchedule(books.stream().sorted(ORDER).toList());
  }

  /** In the order in which they take effect. */
  public List<PriceBook> books() {
    return books;
  }

  /** As if the book were set: it takes the place of the one with its version. */
  public PriceSchedule with(PriceBook book) {
    List<PriceBook> all = new ArrayList<>(books);
    all.removeIf(other -> other.version().equals(book.version()));
    all.add(book);
    return of(all);
  }

  public Optional<PriceBook> find(String version) {
    return books.stream().filter(book -> book.version().equals(version)).findFirst();
  }

  /** The book in effect at that time; empty before the first. */
  public Optional<PriceBook> at(Instant time) {
    return Optional.ofNullable(byTime.floorEntry(time)).map(Map.Entry::getValue);
  }

  /**
   * What the ledger charges for a request, by the book in effect when it ended.
   *
   * @param model that answered; empty when nobody did
   * @param finished the request ended well
   */
  public Cost charge(Instant endedAt, String model, TokenUsage usage, boolean finished) {
    return at(endedAt).map(book -> cost(book, model, usage, finished)).orElse(Cost.UNPRICED);
  }

  /** What used nothing costs nothing, whether or not its model has a price. */
  private static Cost cost(PriceBook book, String model, TokenUsage usage, boolean finished) {
    if (usage.equals(TokenUsage.NONE)) {
      return new Cost(0, book.version());
    }
    return book.price(model)
        .map(price -> new Cost(price.of(usage, finished), book.version()))
        .orElse(Cost.UNPRICED);
  }
}
