package io.anyserve.metering.http;

import io.anyserve.metering.query.QueryChecks;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The query string of an HTTP request. Throws an IllegalArgumentException for what is wrong. */
final class QueryParameters {

  private static final int LONGEST = 6_000;
  private static final int MOST_MILLIS = 15;

  private final Map<String, String> given = new HashMap<>();

  /**
   * @param known what there may be
   */
  QueryParameters(Map<String, List<String>> all, Set<String> known) {
    all.forEach(
        (name, values) -> {
          QueryChecks.that(
              known.contains(name), "parameter", name, "one of " + new TreeSet<>(known));
          QueryChecks.that(values.size() == 1, name, values.toString(), "one value");
          String value = values.getFirst();
          QueryChecks.that(
              value.length() <= LONGEST, name, value, "at most " + LONGEST + " characters");
          given.put(name, value);
        });
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(given.get(name));
  }

  int number(String name, int otherwise) {
    String value = given.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw QueryChecks.refused(name, value, "a whole number");
    }
  }

  /** ISO-8601 in UTC, or milliseconds since the epoch. */
  Optional<Instant> time(String name) {
    return text(name).map(value -> time(name, value));
  }

  private static Instant time(String name, String value) {
    try {
      return value.length() <= MOST_MILLIS
              && !value.isEmpty()
              && value.chars().allMatch(c -> c >= '0' && c <= '9')
          ? Instant.ofEpochMilli(Long.parseLong(value))
          : Instant.parse(value);
    } catch (DateTimeException e) {
      throw QueryChecks.refused(
          name, value, "a time like 2026-11-20T12:00:00Z, or milliseconds since the epoch");
    }
  }

  /** One of the constants, in lower case. */
  <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
    return text(name).map(value -> choice(name, value, type.getEnumConstants()));
  }

  private static <E extends Enum<E>> E choice(String name, String value, E[] constants) {
    return Arrays.stream(constants)
        .filter(constant -> lowerCase(constant).equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                QueryChecks.refused(
                    name,
                    value,
                    String.join(
                        ", ", Arrays.stream(constants).map(QueryParameters::lowerCase).toList())));
  }

  static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
