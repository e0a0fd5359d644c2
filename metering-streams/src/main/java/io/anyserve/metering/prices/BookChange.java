package io.anyserve.metering.prices;

import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceSchedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What setting a book means beside the books there are.
 *
 * @param now a book that takes effect until then has charged requests
 */
public record BookChange(PriceSchedule before, PriceBook book, Instant now) {

  /** What must not be done, or only on purpose. */
  public enum Kind {
    /** Costs would be sums of different currencies. */
    CURRENCY,
    /** Two books take effect at the same time. */
    OVERLAP,
    /** A model loses its price. */
    GAP,
    /** A book that has charged requests would change. */
    IN_EFFECT
  }

  /**
   * One thing that speaks against it.
   *
   * @param what for people
   */
  public record Objection(Kind kind, String what) {}

  /** The book is there as it is. */
  public boolean nothing() {
    return before.find(book.version()).filter(book::equals).isPresent();
  }

  /** Everything that speaks against it. */
  public List<Objection> objections() {
    List<Objection> objections = new ArrayList<>();
    if (nothing()) {
      return objections;
    }
    currency(objections);
    overlap(objections);
    gaps(objections);
    inEffect(objections);
    return objections;
  }

  /** Requests that ended since it takes effect were charged without it. */
  public boolean backdated() {
    return !book.effectiveFrom().isAfter(now);
  }

  private void currency(List<Objection> objections) {
    others().stream()
        .filter(other -> !other.currency().equals(book.currency()))
        .findFirst()
        .ifPresent(
            other ->
                objections.add(
                    new Objection(
                        Kind.CURRENCY,
                        "currency: %s (expected: %s, as book %s has)"
                            .formatted(book.currency(), other.currency(), other.version()))));
  }

  private void overlap(List<Objection> objections) {
    others().stream()
        .filter(other -> other.effectiveFrom().equals(book.effectiveFrom()))
        .forEach(
            other ->
                objections.add(
                    new Objection(
                        Kind.OVERLAP,
                        "effective-from: %s is that of book %s (expected: another time, or version %s)"
                            .formatted(book.effectiveFrom(), other.version(), other.version()))));
  }

  /** From the book before to this one, and from this one to the book after. */
  private void gaps(List<Objection> objections) {
    List<PriceBook> after = before.with(book).books();
    int at = after.indexOf(book);
    if (at > 0) {
      gap(after.get(at - 1), book).ifPresent(objections::add);
    }
    if (at + 1 < after.size()) {
      gap(book, after.get(at + 1)).ifPresent(objections::add);
    }
  }

  private static Optional<Objection> gap(PriceBook earlier, PriceBook later) {
    if (later.prices().containsKey(PriceBook.ANY)) {
      return Optional.empty();
    }
    Set<String> lost = new TreeSet<>(earlier.prices().keySet());
    lost.removeAll(later.prices().keySet());
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Objection(
                Kind.GAP,
                "gap: from %s on, book %s has no price for %s, book %s has"
                    .formatted(later.effectiveFrom(), later.version(), lost, earlier.version())));
  }

  private void inEffect(List<Objection> objections) {
    before
        .find(book.version())
        .filter(old -> !old.effectiveFrom().isAfter(now))
        .ifPresent(
            old ->
                objections.add(
                    new Objection(
                        Kind.IN_EFFECT,
                        "version: %s is in effect since %s and has charged requests (expected: a"
                                .formatted(old.version(), old.effectiveFrom())
                            + " new version)")));
  }

  private List<PriceBook> others() {
    return before.books().stream()
        .filter(other -> !other.version().equals(book.version()))
        .toList();
  }
}
