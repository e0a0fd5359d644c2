package io.anyserve.quota;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.contracts.validation.Preconditions;

/**
 * What a request asks a quota for.
 *
 * @param prompt tokens of the prompt, estimated
 * @param answer tokens of the answer at most
 * @param price of its tokens; all zero where there is none
 */
public record QuotaRequest(long prompt, long answer, Price price) {

  /** For models without a price. */
  public static final Price FREE = new Price(0, 0, 0, 0);

  private static final long MOST = 1L << 40;

  public QuotaRequest {
    Preconditions.that(prompt >= 0 && prompt <= MOST, "prompt", prompt, "0 to " + MOST);
    Preconditions.that(answer >= 1 && answer <= MOST, "answer", answer, "1 to " + MOST);
  }

  /** The least that is of use: the prompt and one token. */
  long least() {
    return prompt + 1;
  }

  long most() {
    return prompt + answer;
  }

  /**
   * The most that so many tokens can cost, however they are divided between a prompt and an answer.
   */
  long cost(long tokens) {
    long read = Math.max(price.prompt(), price.cached());
    long written = price.completion() > read ? Math.min(tokens, answer) : 0;
    var dearest = new Price(read, price.completion(), read, price.request());
    return dearest.of(new TokenUsage(tokens - written, written, 0), true);
  }

  /** How many tokens that money pays for whatever they are, at most {@link #most}; -1 for none. */
  long tokensFor(long money) {
    if (cost(most()) <= money) {
      return most();
    }
    long paid = -1;
    long unpaid = most();
    while (unpaid - paid > 1) {
      long middle = paid + (unpaid - paid) / 2;
      if (cost(middle) <= money) {
        paid = middle;
      } else {
        unpaid = middle;
      }
    }
    return paid;
  }
}
