package io.anyserve.quota;

import java.util.OptionalLong;

/** How much of a wish the limits leave. Not thread-safe. */
final class GrantCalculator {

  private final QuotaRequest wish;
  private long tokens;
  private boolean counted;

  GrantCalculator(QuotaRequest wish) {
    this.wish = wish;
    this.tokens = wish.most();
  }

  boolean fits(LimitStatus state) {
    return switch (state.limit().measure()) {
      case REQUESTS -> state.left() >= 1;
      case TOKENS -> takes(state.left());
      case COST -> takes(state.limit().amount() == 0 ? -1 : wish.tokensFor(state.left()));
    };
  }

  private boolean takes(long most) {
    counted = true;
    tokens = Math.min(tokens, most);
    return tokens >= wish.least();
  }

  long needed(QuotaUnit measure) {
    return switch (measure) {
      case REQUESTS -> 1;
      case TOKENS -> wish.least();
      case COST -> wish.cost(wish.least());
    };
  }

  OptionalLong budget() {
    return counted ? OptionalLong.of(tokens) : OptionalLong.empty();
  }

  QuotaAmounts amounts() {
    return new QuotaAmounts(tokens, 1, wish.cost(tokens));
  }
}
