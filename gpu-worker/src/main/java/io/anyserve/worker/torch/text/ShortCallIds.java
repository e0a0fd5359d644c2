package io.anyserve.worker.torch.text;

import java.util.Locale;
import java.util.regex.Pattern;

/** Ids of tool calls for templates that take nine letters and digits only. */
final class ShortCallIds {

  private static final Pattern SHORT = Pattern.compile("[a-zA-Z0-9]{9}");
  private static final int LENGTH = 9;
  private static final int RADIX = 36;
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private ShortCallIds() {}

  /** The id itself where it is one, else one made of it (by FNV-1a). */
  static String of(String id) {
    if (SHORT.matcher(id).matches()) {
      return id;
    }
    long hash = OFFSET;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * PRIME;
    }
    String digits = "0".repeat(LENGTH) + Long.toUnsignedString(hash, RADIX);
    return digits.substring(digits.length() - LENGTH).toLowerCase(Locale.ROOT);
  }
}
