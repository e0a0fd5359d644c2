package io.anyserve.jinja.builtin;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Upper and lower case of whole words. */
final class Casing {

  private static final Pattern WORD_START = Pattern.compile("(?<=[-\\s({\\[<])(?![-\\s({\\[<])");

  private Casing() {}

  static String capitalized(String word) {
    if (word.isEmpty()) {
      return word;
    }
    int first = word.offsetByCodePoints(0, 1);
    return titleCase(word.substring(0, first)) + word.substring(first).toLowerCase(Locale.ROOT);
  }

  /** Python's {@code str.title}: every run of letters is a word. */
  static String title(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean inWord = false;
    for (int from = 0; from < text.length(); ) {
      int c = text.codePointAt(from);
      String letter = Character.toString(c);
      out.append(inWord ? letter.toLowerCase(Locale.ROOT) : titleCase(letter));
      inWord = cased(c);
      from += Character.charCount(c);
    }
    return out.toString();
  }

  /** jinja2's filter {@code title}: words begin after spaces, hyphens and opening brackets. */
  static String titleByWords(String text) {
    return WORD_START
        .splitAsStream(text)
        .map(word -> word.isEmpty() ? word : upperFirst(word))
        .collect(Collectors.joining());
  }

  private static String upperFirst(String word) {
    int first = word.offsetByCodePoints(0, 1);
    return word.substring(0, first).toUpperCase(Locale.ROOT)
        + word.substring(first).toLowerCase(Locale.ROOT);
  }

  /** Some letters become two in upper case: only the first of them is a capital. */
  private static String titleCase(String letter) {
    int title = Character.toTitleCase(letter.codePointAt(0));
    if (!Character.toString(title).equals(letter)) {
      return Character.toString(title);
    }
    String upper = letter.toUpperCase(Locale.ROOT);
    return upper.length() > letter.length() ? capitalized(upper) : upper;
  }

  private static boolean cased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }
}
