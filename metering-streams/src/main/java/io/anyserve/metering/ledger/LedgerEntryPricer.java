package io.anyserve.metering.ledger;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.metering.prices.PriceCalculator;
import java.util.Optional;

/** Puts on an entry where it comes from and what it cost. */
public record LedgerEntryPricer(PriceCalculator prices) {

  public LedgerEntry stamp(LedgerEntry entry, TopicOffset source) {
    return stamp(entry, charge(entry), source);
  }

  /** For an entry whose price nobody could say: its tokens count. */
  public LedgerEntry unpriced(LedgerEntry entry, TopicOffset source) {
    return stamp(entry, Cost.UNPRICED, source);
  }

  private static LedgerEntry stamp(LedgerEntry entry, Cost charge, TopicOffset source) {
    return new LedgerEntry(
        entry.request(),
        entry.context(),
        entry.servedBy(),
        entry.outcome(),
        entry.code(),
        entry.usage(),
        entry.chunks(),
        entry.volume(),
        entry.engineTime(),
        entry.times(),
        charge,
        Optional.of(source));
  }

  private Cost charge(LedgerEntry entry) {
    return prices
        .charge(
            entry.times().endedAt(),
            entry.servedBy().model(),
            entry.usage(),
            entry.outcome() == Outcome.FINISHED)
        .plausible();
  }
}
