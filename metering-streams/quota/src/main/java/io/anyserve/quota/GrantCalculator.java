package io.anyserve.quota;

import java.util.OptionalLong;

/** How much of a request the limits leave. Not thread-safe. */
final class GrantCalculator {

  private final QuotaRequest requested;
  private long tokens;
  private boolean counted;

  GrantCalculator(QuotaRequest requested) {
    this.requested = requested;
    this.tokens = requested.most();
  }

  boolean fits(LimitStatus state) {
    return switch (state.limit().unit()) {
      case REQUESTS -> state.left() >= 1;
      case TOKENS -> takes(state.left());
      case COST -> takes(state.limit().amount() == 0 ? -1 : requested.tokensFor(state.left()));
    };
  }

  private boolean takes(long most) {
    counted = true;
    tokens = Math.min(tokens, most);
    return tokens >= requested.least();
  }

  long needed(QuotaUnit unit) {
    return switch (unit) {
      case REQUESTS -> 1;
      case TOKENS -> requested.least();
      case COST -> requested.cost(requested.least());
    };
  }

  OptionalLong budget() {
    return counted ? OptionalLong.of(tokens) : OptionalLong.empty();
  }

  QuotaAmounts amounts() {
    return new QuotaAmounts(tokens, 1, requested.cost(tokens));
  }
}
