package io.anyserve.cli.usage;

import java.math.BigDecimal;
import java.util.Locale;

/** Amounts in millionths of a currency, for people. */
final class CurrencyFormat {

  private static final int MICRO_DIGITS = 6;

  private CurrencyFormat() {}

  /** Without zeros at the end, as a price file has it. */
  static String plain(long micros) {
    BigDecimal amount = BigDecimal.valueOf(micros, MICRO_DIGITS).stripTrailingZeros();
    return (amount.scale() < 0 ? amount.setScale(0) : amount).toPlainString();
  }

  /** With all six decimals, so that columns can be compared. */
  static String column(long micros) {
    return String.format(Locale.ROOT, "%.6f", BigDecimal.valueOf(micros, MICRO_DIGITS));
  }
}
