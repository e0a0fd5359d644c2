package io.anyserve.metering.prices;

import java.util.List;

/** Everything that is wrong with a price file, a line each. */
public final class PriceFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PriceFileException(List<String> mistakes) {
    super(String.join("\n", mistakes));
  }
}
