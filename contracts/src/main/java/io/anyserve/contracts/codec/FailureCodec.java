package io.anyserve.contracts.codec;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.validation.Preconditions;
import java.util.regex.Pattern;

/** Failures by the names of their codes. */
public final class FailureCodec {

  private static final Pattern NAME = Pattern.compile("[A-Z][A-Z_]{0,63}");

  private FailureCodec() {}

  /**
   * A code that only a newer writer knows is read as INTERNAL, and begins the message: whatever the
   * code, a failure ends its request. Throws IllegalArgumentException for what is no code's name.
   */
  public static Failure read(String code, String message) {
    for (FailureCode known : FailureCode.values()) {
      if (known.name().equals(code)) {
        return new Failure(known, message);
      }
    }
    Preconditions.that(
        NAME.matcher(code).matches(), "code", code, "a name of upper-case letters and _");
    return new Failure(FailureCode.INTERNAL, code + ": " + message);
  }
}
