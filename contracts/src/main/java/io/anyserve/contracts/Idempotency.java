package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;
import java.util.HexFormat;

/**
 * What tells submissions under one idempotency key apart.
 *
 * @param nonce random, one for each submission
 * @param digest SHA-256 of what was asked for, 64 hexadecimal digits
 */
public record Idempotency(long nonce, String digest) {

  private static final int DIGITS = 64;

  public Idempotency {
    Preconditions.that(
        digest.length() == DIGITS && digest.chars().allMatch(HexFormat::isHexDigit),
        "digest",
        Preconditions.printable(digest),
        "64 hexadecimal digits");
  }
}
