package io.anyserve.metering.query;

import io.anyserve.contracts.event.UsageTotals;

/** By what the most is found. */
public enum RankBy {
  TOKENS,
  COST,
  REQUESTS;

  long of(UsageTotals totals) {
    return switch (this) {
      case TOKENS -> totals.usage().prompt() + totals.usage().completion();
      case COST -> totals.costMicros();
      case REQUESTS -> totals.requests();
    };
  }
}
