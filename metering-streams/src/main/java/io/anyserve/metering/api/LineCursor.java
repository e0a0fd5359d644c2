package io.anyserve.metering.api;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;

/**
 * A place in the ledger. It says only where to read on: who may see a line is checked for each line
 * that is read, so that a forged cursor shows nobody more than an honest one.
 */
record LineCursor(int partition, long offset) {

  private static final String EXPECTED = "the cursor of an answer";
  private static final int LONGEST = 64;

  LineCursor {
    Expect.that(partition >= 0 && offset >= 0, "cursor", partition + ":" + offset, EXPECTED);
  }

  /** As {@link #text} writes it. */
  static LineCursor parse(String text) {
    Expect.that(text.length() <= LONGEST, "cursor", text, EXPECTED);
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), US_ASCII);
      int colon = plain.indexOf(':');
      Expect.that(colon > 0, "cursor", text, EXPECTED);
      return new LineCursor(
          Integer.parseInt(plain.substring(0, colon)), Long.parseLong(plain.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw Expect.refused("cursor", text, EXPECTED);
    }
  }

  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((partition + ":" + offset).getBytes(US_ASCII));
  }
}
