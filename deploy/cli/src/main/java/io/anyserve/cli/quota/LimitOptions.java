package io.anyserve.cli.quota;

import io.anyserve.quota.Period;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaUnit;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Limits as options; those of money in the currency of the price book. */
final class LimitOptions {

  private static final int MICRO_DIGITS = 6;

  @Option(
      names = "--tokens-per-minute",
      paramLabel = "N",
      description = "Most tokens of prompts and answers in a minute.")
  @Nullable Long tokensPerMinute;

  @Option(
      names = "--tokens-per-day",
      paramLabel = "N",
      description = "Most tokens in a day of UTC.")
  @Nullable Long tokensPerDay;

  @Option(
      names = "--tokens-per-month",
      paramLabel = "N",
      description = "Most tokens in a month of UTC.")
  @Nullable Long tokensPerMonth;

  @Option(
      names = "--requests-per-minute",
      paramLabel = "N",
      description = "Most requests in a minute.")
  @Nullable Long requestsPerMinute;

  @Option(
      names = "--requests-per-day",
      paramLabel = "N",
      description = "Most requests in a day of UTC.")
  @Nullable Long requestsPerDay;

  @Option(
      names = "--requests-per-month",
      paramLabel = "N",
      description = "Most requests in a month of UTC.")
  @Nullable Long requestsPerMonth;

  @Option(
      names = "--cost-per-minute",
      paramLabel = "MONEY",
      description = "Most cost in a minute, in the price book's currency, such as 12.50.")
  @Nullable BigDecimal costPerMinute;

  @Option(
      names = "--cost-per-day",
      paramLabel = "MONEY",
      description = "Most cost in a day of UTC.")
  @Nullable BigDecimal costPerDay;

  @Option(
      names = "--cost-per-month",
      paramLabel = "MONEY",
      description = "Most cost in a month of UTC.")
  @Nullable BigDecimal costPerMonth;

  /** Throws IllegalArgumentException for an amount that is none. */
  List<QuotaLimit> limits() {
    List<QuotaLimit> limits = new ArrayList<>();
    add(limits, QuotaUnit.TOKENS, Period.MINUTE, tokensPerMinute);
    add(limits, QuotaUnit.TOKENS, Period.DAY, tokensPerDay);
    add(limits, QuotaUnit.TOKENS, Period.MONTH, tokensPerMonth);
    add(limits, QuotaUnit.REQUESTS, Period.MINUTE, requestsPerMinute);
    add(limits, QuotaUnit.REQUESTS, Period.DAY, requestsPerDay);
    add(limits, QuotaUnit.REQUESTS, Period.MONTH, requestsPerMonth);
    add(limits, QuotaUnit.COST, Period.MINUTE, micros(costPerMinute));
    add(limits, QuotaUnit.COST, Period.DAY, micros(costPerDay));
    add(limits, QuotaUnit.COST, Period.MONTH, micros(costPerMonth));
    return limits;
  }

  private static void add(
      List<QuotaLimit> limits, QuotaUnit unit, Period period, @Nullable Long amount) {
    if (amount != null) {
      limits.add(new QuotaLimit(unit, period, amount));
    }
  }

  private static @Nullable Long micros(@Nullable BigDecimal money) {
    if (money == null) {
      return null;
    }
    try {
      return money.movePointRight(MICRO_DIGITS).longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "cost: "
              + money.toPlainString()
              + " (expected: at most 6 digits behind the point, not too large)",
          e);
    }
  }
}
