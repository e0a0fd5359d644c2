package io.anyserve.runtime.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;

/**
 * A good text with a few mistakes in it. Each character is one byte.
 *
 * @param seeds the good texts
 * @param pieces that are put into them
 */
public record TextEdits(List<String> seeds, List<String> pieces) {

  private static final int MOST_EDITS = 6;
  private static final int LONGEST_PART = 24;

  public TextEdits {
    seeds = List.copyOf(seeds);
    pieces = List.copyOf(pieces);
  }

  public String text(ByteChoices choices) {
    var text = new StringBuilder(choices.of(seeds));
    for (int edits = choices.below(MOST_EDITS); edits > 0; edits--) {
      edit(text, choices);
    }
    return text.toString();
  }

  private void edit(StringBuilder text, ByteChoices choices) {
    int at = choices.below(text.length() + 1);
    int to = Math.min(text.length(), at + choices.below(LONGEST_PART));
    switch (choices.below(5)) {
      case 0 -> text.delete(at, to);
      case 1 -> text.insert(at, text.substring(at, to));
      case 2 -> text.insert(at, choices.of(pieces));
      case 3 -> text.replace(at, to, choices.of(pieces));
      default -> text.insert(at, new String(choices.bytes(LONGEST_PART), ISO_8859_1));
    }
  }
}
