package io.anyserve.contracts.validation;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Text in UTF-8. */
public final class Utf8 {

  private Utf8() {}

  /** Bytes; an unpaired surrogate counts as the one byte that replaces it. */
  public static long length(String text) {
    return text.getBytes(UTF_8).length;
  }

  /** Text that does not come back from UTF-8 as it was. */
  static boolean hasUnpairedSurrogate(String text) {
    return !new String(text.getBytes(UTF_8), UTF_8).equals(text);
  }
}
