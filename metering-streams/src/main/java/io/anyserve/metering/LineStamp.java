package io.anyserve.metering;

import io.anyserve.contracts.LogPosition;
import io.anyserve.contracts.event.Charge;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.UsageLine;
import io.anyserve.metering.accounts.Limits;
import java.util.Optional;

/** Puts on a line where it comes from and what it cost. */
record LineStamp(PriceBooks prices) {

  UsageLine stamp(UsageLine line, LogPosition source) {
    return stamp(line, charge(line), source);
  }

  /** For a line whose price nobody could say: its tokens count. */
  UsageLine unpriced(UsageLine line, LogPosition source) {
    return stamp(line, Charge.UNPRICED, source);
  }

  private static UsageLine stamp(UsageLine line, Charge charge, LogPosition source) {
    return new UsageLine(
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
  private Charge charge(UsageLine line) {
    Charge charge =
        prices.charge(
            line.times().endedAt(),
            line.answerer().model(),
            line.usage(),
            line.outcome() == Outcome.FINISHED);
    return charge.micros() < 0 || charge.micros() > Limits.MOST_COST ? Charge.UNPRICED : charge;
  }
}
