package io.anyserve.metering;

import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.metering.accounts.Limits;
import java.time.Duration;
import java.util.Optional;

/**
 * What a terminal event says that the chunks do not. It ends its request whatever it claims: the
 * impossible is left out of the line.
 *
 * @param doubt why it is impossible
 */
record Claims(Duration engineTime, Optional<RuntimeException> doubt) {

  static Claims of(Terminal end) {
    Duration time = end instanceof Finished finished ? finished.engineTime() : Duration.ZERO;
    try {
      Limits.count("usage.prompt_tokens", end.usage().prompt(), Limits.MOST_TOKENS);
      Limits.count("usage.completion_tokens", end.usage().completion(), Limits.MOST_TOKENS);
      Limits.engineTime(time);
      return new Claims(time, Optional.empty());
    } catch (IllegalArgumentException e) {
      return new Claims(Duration.ZERO, Optional.of(e));
    }
  }
}
