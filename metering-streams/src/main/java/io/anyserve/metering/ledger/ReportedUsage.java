package io.anyserve.metering.ledger;

import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.metering.aggregate.SanityBounds;
import java.time.Duration;
import java.util.Optional;

/**
 * What a terminal event says that the chunks do not. It ends its request whatever it claims: the
 * impossible is left out of the entry.
 *
 * @param doubt why it is impossible
 */
record ReportedUsage(Duration engineTime, Optional<RuntimeException> doubt) {

  static ReportedUsage of(Terminal end) {
    try {
      SanityBounds.count("usage.prompt_tokens", end.usage().prompt(), SanityBounds.MOST_TOKENS);
      SanityBounds.count(
          "usage.completion_tokens", end.usage().completion(), SanityBounds.MOST_TOKENS);
      SanityBounds.engineTime(end.engineTime());
      return new ReportedUsage(end.engineTime(), Optional.empty());
    } catch (IllegalArgumentException e) {
      return new ReportedUsage(Duration.ZERO, Optional.of(e));
    }
  }
}
