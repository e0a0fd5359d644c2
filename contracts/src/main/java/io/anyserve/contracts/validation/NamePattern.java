package io.anyserve.contracts.validation;

/**
 * Which names are allowed: a first character, inner ones, a last one. Checked for every record that
 * is read, so by table and not by regular expression.
 */
public final class NamePattern {

  private static final int ASCII = 128;

  private final String pattern;
  private final boolean[] ends;
  private final boolean[] inner;
  private final boolean anyLast;
  private final int longest;

  private NamePattern(String ends, String marks, boolean anyLast, int longest) {
    this.pattern =
        anyLast
            ? "[%s][%s%s]{0,%d}".formatted(ends, ends, marks, longest - 1)
            : "[%s]([%s%s]{0,%d}[%s])?".formatted(ends, ends, marks, longest - 2, ends);
    this.ends = table(ends, "");
    this.inner = table(ends, marks);
    this.anyLast = anyLast;
    this.longest = longest;
  }

  /** Lower case letters and digits, with those marks between them. */
  public static NamePattern lowerCase(String marks, int longest) {
    return new NamePattern("a-z0-9", marks, false, longest);
  }

  /** A letter or digit, then also those marks. */
  public static NamePattern anyCase(String marks, int longest) {
    return new NamePattern("A-Za-z0-9", marks, true, longest);
  }

  private static boolean[] table(String ranges, String marks) {
    boolean[] table = new boolean[ASCII];
    for (int i = 0; i < ranges.length(); i += 3) {
      for (char c = ranges.charAt(i); c <= ranges.charAt(i + 2); c++) {
        table[c] = true;
      }
    }
    marks.chars().forEach(mark -> table[mark] = true);
    return table;
  }

  boolean matches(String name) {
    int last = name.length() - 1;
    if (last < 0 || last >= longest || !allowed(ends, name.charAt(0))) {
      return false;
    }
    for (int i = 1; i <= last; i++) {
      if (!allowed(i < last || anyLast ? inner : ends, name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean allowed(boolean[] table, char c) {
    return c < ASCII && table[c];
  }

  /** As a regular expression, for people. */
  @Override
  public String toString() {
    return pattern;
  }
}
