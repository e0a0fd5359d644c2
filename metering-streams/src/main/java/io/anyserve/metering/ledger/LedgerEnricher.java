package io.anyserve.metering.ledger;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.metering.aggregate.SanityBounds;
import io.anyserve.metering.prices.Pricing;
import java.util.Optional;

/** Puts on a line where it comes from and what it cost. */
public record LedgerEnricher(Pricing prices) {

  public LedgerEntry stamp(LedgerEntry line, TopicOffset source) {
    return stamp(line, charge(line), source);
  }

  /** For a line whose price nobody could say: its tokens count. */
  public LedgerEntry unpriced(LedgerEntry line, TopicOffset source) {
    return stamp(line, Cost.UNPRICED, source);
  }

  private static LedgerEntry stamp(LedgerEntry line, Cost charge, TopicOffset source) {
    return new LedgerEntry(
        line.request(),
        line.context(),
        line.answerer(),
        line.outcome(),
        line.code(),
        line.usage(),
        line.chunks(),
        line.volume(),
        line.engineTime(),
        line.times(),
        charge,
        Optional.of(source));
  }

  /** A price that no request can have is none: it would spoil every sum. */
  private Cost charge(LedgerEntry line) {
    Cost charge =
        prices.charge(
            line.times().endedAt(),
            line.answerer().model(),
            line.usage(),
            line.outcome() == Outcome.FINISHED);
    return charge.micros() < 0 || charge.micros() > SanityBounds.MOST_COST ? Cost.UNPRICED : charge;
  }
}
