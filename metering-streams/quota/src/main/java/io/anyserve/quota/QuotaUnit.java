package io.anyserve.quota;

import java.util.Locale;

/** What a limit counts. */
public enum QuotaUnit {
  /** Of prompt and answer together. */
  TOKENS,
  REQUESTS,
  /** Millionths of the price book's currency. */
  COST;

  /** In lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
