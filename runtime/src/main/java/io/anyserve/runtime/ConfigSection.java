package io.anyserve.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One table of the settings. A value that does not fit is noted as a problem, with its key, and the
 * default is returned so that reading goes on.
 */
public final class ConfigSection {

  private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h|d)");

  private final String path;
  private final ObjectNode table;
  private final Map<String, String> environment;
  private final List<String> problems;
  private final Set<String> read = new HashSet<>();

  ConfigSection(
      String path, ObjectNode table, Map<String, String> environment, List<String> problems) {
    this.path = path;
    this.table = table;
    this.environment = environment;
    this.problems = problems;
  }

  public String text(String key, String otherwise) {
    return value(key).orElse(otherwise);
  }

  /** A text that has no default. */
  public String required(String key, String expected) {
    Optional<String> value = value(key).filter(text -> !text.isBlank());
    if (value.isEmpty()) {
      problem(key, "not set", expected);
    }
    return value.orElse("");
  }

  public Optional<String> optional(String key) {
    return value(key);
  }

  public int integer(String key, int otherwise, int min, int max) {
    String expected = "a whole number from " + min + " to " + max;
    return parsed(
        key,
        otherwise,
        expected,
        text -> {
          int number = Integer.parseInt(text);
          return number >= min && number <= max ? Optional.of(number) : Optional.empty();
        });
  }

  public double number(String key, double otherwise, double min, double max) {
    return parsed(
        key,
        otherwise,
        "a number from " + min + " to " + max,
        text -> {
          double number = Double.parseDouble(text);
          return number >= min && number <= max ? Optional.of(number) : Optional.empty();
        });
  }

  public boolean flag(String key, boolean otherwise) {
    return parsed(
        key,
        otherwise,
        "true or false",
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            });
  }

  /** A whole number with a unit: 500ms, 30s, 5m, 2h, 1d. */
  public Duration duration(String key, Duration otherwise) {
    return parsed(
        key, otherwise, "a duration like 500ms, 30s, 5m, 2h or 1d", ConfigSection::duration);
  }

  public List<String> texts(String key) {
    read.add(key);
    JsonNode array = table.get(key);
    List<String> texts = new ArrayList<>();
    for (int i = 0; array != null && i < array.size(); i++) {
      texts.add(array.get(i).asString());
    }
    return texts;
  }

  /**
   * Builds a value that checks itself; what it refuses becomes a problem of this table.
   *
   * @param otherwise returned then
   */
  public <T> T build(Supplier<T> value, T otherwise) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      problems.add(path + ": " + e.getMessage());
      return otherwise;
    }
  }

  /** Everything in the table under dotted names, for settings that are passed through. */
  public Map<String, String> passThrough() {
    Map<String, String> all = new TreeMap<>();
    flatten("", table, all);
    read.addAll(table.propertyNames());
    String prefix = environmentName("");
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            String key = name.substring(prefix.length()).toLowerCase(Locale.ROOT);
            all.put(key.replace('_', '.'), value);
          }
        });
    return new HashMap<>(all);
  }

  /** What is left under other keys than these, for settings that somebody else checks. */
  public Map<String, String> rest(Set<String> others) {
    Map<String, String> all = new HashMap<>();
    flatten("", table, all);
    read.addAll(table.propertyNames());
    all.keySet().removeAll(others);
    return all;
  }

  /** A key under which a table lies that is read by itself. */
  void holds(String key) {
    read.add(key);
  }

  Set<String> asked() {
    return Set.copyOf(read);
  }

  void refuseUnread() {
    for (String key : table.propertyNames()) {
      JsonNode value = table.get(key);
      boolean tables = value.isArray() && !value.isEmpty() && value.get(0).isObject();
      if (!read.contains(key) && !tables) {
        problem(key, "unknown", "one of " + new TreeSet<>(read));
      }
    }
  }

  private <T> T parsed(
      String key, T otherwise, String expected, Function<String, Optional<T>> parse) {
    Optional<String> text = value(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    Optional<T> result;
    try {
      result = parse.apply(text.get());
    } catch (NumberFormatException e) {
      result = Optional.empty();
    }
    if (result.isEmpty()) {
      problem(key, text.get(), expected);
    }
    return result.orElse(otherwise);
  }

  private Optional<String> value(String key) {
    read.add(key);
    Optional<String> override = Optional.ofNullable(environment.get(environmentName(key)));
    if (override.isPresent()) {
      return override;
    }
    JsonNode node = table.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (node.isContainer()) {
      problem(key, node.toString(), "a single value");
      return Optional.empty();
    }
    return Optional.of(node.asString());
  }

  private String environmentName(String key) {
    return Config.ENVIRONMENT_PREFIX
        + (path + "_" + key).toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
  }

  private void problem(String key, String value, String expected) {
    problems.add(path + "." + key + ": " + value + " (expected: " + expected + ")");
  }

  private static void flatten(String prefix, ObjectNode node, Map<String, String> into) {
    for (String name : node.propertyNames()) {
      if (node.get(name) instanceof ObjectNode inner) {
        flatten(prefix + name + ".", inner, into);
      } else {
        into.put(prefix + name, node.get(name).asString());
      }
    }
  }

  private static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }
}
