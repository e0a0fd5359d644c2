package io.anyserve.jinja.value;

/** What Python counts as white space. */
public final class Whitespace {

  private Whitespace() {}

  public static boolean is(int c) {
    return Character.isWhitespace(c) || c == 0x85 || c == 0xA0 || c == 0x2007 || c == 0x202F;
  }

  public static boolean only(String text) {
    return text.chars().allMatch(Whitespace::is);
  }

  /** The first index at or after {@code from} that holds something else. */
  public static int end(String text, int from) {
    int end = from;
    while (end < text.length() && is(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** Where the white space that ends at {@code to} begins. */
  public static int start(String text, int to) {
    int start = to;
    while (start > 0 && is(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }
}
