package io.anyserve.contracts.conversation;

import io.anyserve.contracts.validation.Preconditions;

/**
 * What an answer cost, as it was charged.
 *
 * @param micros millionths of the currency
 * @param currency ISO 4217
 * @param priceVersion of the price book that the cost is from
 */
public record AnswerCost(long micros, String currency, String priceVersion) {

  public AnswerCost {
    Preconditions.that(micros >= 0, "cost.cost_micros", micros, ">= 0");
    Preconditions.that(
        currency.matches("[A-Z]{3}"),
        "cost.currency",
        Preconditions.printable(currency),
        "three letters, ISO 4217");
    Preconditions.that(
        priceVersion.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
        "cost.price_version",
        Preconditions.printable(priceVersion),
        "the version of a price book");
  }
}
