package io.anyserve.grammar.schema;

import java.util.Arrays;
import java.util.Optional;

/**
 * The formats that strings can be held to. Each pattern matches valid texts of the format only, of
 * {@code email} and {@code uri} the usual ones.
 */
enum StringFormat {
  DATE("date", 10, 10, Patterns.DATE),
  TIME("time", 9, 24, Patterns.TIME + Patterns.OFFSET),
  DATE_TIME("date-time", 20, 35, "(?:" + Patterns.DATE + ")T" + Patterns.TIME + Patterns.OFFSET),
  UUID("uuid", 36, 36, "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),
  IPV4("ipv4", 7, 15, Patterns.IPV4),
  IPV6("ipv6", 2, 39, Patterns.ipv6()),
  HOSTNAME("hostname", 1, 167, Patterns.LABEL + "(?:\\." + Patterns.LABEL + "){0,3}"),
  EMAIL(
      "email",
      5,
      209,
      "[A-Za-z0-9_+-]{1,20}(?:\\.[A-Za-z0-9_+-]{1,20})?@"
          + Patterns.LABEL
          + "(?:\\."
          + Patterns.LABEL
          + "){1,3}"),
  URI(
      "uri",
      8,
      Integer.MAX_VALUE,
      "(?:https?|ftp)://"
          + Patterns.LABEL
          + "(?:\\."
          + Patterns.LABEL
          + "){0,3}(?::[1-9][0-9]{0,3})?(?:/"
          + Patterns.SEGMENT
          + ")*(?:\\?"
          + Patterns.QUERY
          + ")?(?:#"
          + Patterns.QUERY
          + ")?");

  private final String keyword;
  private final int shortest;
  private final int longest;
  private final String pattern;

  StringFormat(String keyword, int shortest, int longest, String pattern) {
    this.keyword = keyword;
    this.shortest = shortest;
    this.longest = longest;
    this.pattern = pattern;
  }

  static Optional<StringFormat> of(String keyword) {
    return Arrays.stream(values()).filter(one -> one.keyword.equals(keyword)).findFirst();
  }

  static String all() {
    return String.join(", ", Arrays.stream(values()).map(one -> one.keyword).toList());
  }

  /** Whether all of its texts have lengths within these bounds. */
  boolean within(int min, int max) {
    return min <= shortest && max >= longest;
  }

  /** What a whole string matches. */
  String pattern() {
    return pattern;
  }

  /** RFC 3339, 9562, 2673, 4291, 1123, 5321 and 3986. */
  private static final class Patterns {

    private static final String LEAP_YEAR =
        "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
    static final String DATE =
        "[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|"
            + LEAP_YEAR
            + "-02-29";
    static final String TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?";
    static final String OFFSET = "(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])";
    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    static final String IPV4 = BYTE + "(?:\\." + BYTE + "){3}";
    static final String LABEL = "[A-Za-z0-9]{1,20}(?:-[A-Za-z0-9]{1,20})?";
    private static final String UNRESERVED = "A-Za-z0-9._~!$&'()*+,;=:@-";
    static final String SEGMENT = "(?:[" + UNRESERVED + "]|%[0-9A-Fa-f]{2})*";
    static final String QUERY = "(?:[/?" + UNRESERVED + "]|%[0-9A-Fa-f]{2})*";

    private Patterns() {}

    static String ipv6() {
      String group = "[0-9a-fA-F]{1,4}";
      StringBuilder pattern = new StringBuilder("(?:" + group + ":){7}" + group);
      for (int before = 0; before <= 6; before++) {
        String first = before == 0 ? "" : group + "(?::" + group + "){" + (before - 1) + "}";
        int most = 6 - before;
        String last = "(?:" + group + "(?::" + group + "){0," + most + "})?";
        pattern.append("|").append(first).append("::").append(last);
      }
      return pattern
          .append("|")
          .append(group)
          .append("(?::")
          .append(group)
          .append("){6}::")
          .toString();
    }
  }
}
