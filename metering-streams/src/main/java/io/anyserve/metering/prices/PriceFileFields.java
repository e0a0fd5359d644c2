package io.anyserve.metering.prices;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The single values of a table of a price file. What does not fit is a mistake, and a stand-in. */
final class PriceFileFields {

  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final int MICRO_DIGITS = 6;
  private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000);
  private static final String AMOUNT = "0 to 1000000000 with at most 6 decimals";
  private static final String TIME =
      "a time like 2026-12-01T00:00:00Z, or a date, which begins at UTC";

  private final String path;
  private final ObjectNode table;
  private final List<String> mistakes;

  PriceFileFields(String path, ObjectNode table, List<String> mistakes) {
    this.path = path;
    this.table = table;
    this.mistakes = mistakes;
  }

  String version() {
    String expected = "letters, digits, dots, hyphens and underscores, at most 64";
    return text("version", expected, VERSION).orElse("none");
  }

  String currency() {
    return text("currency", "three letters, ISO 4217", CURRENCY).orElse("XXX");
  }

  private Optional<String> text(String key, String expected, Pattern pattern) {
    Optional<String> text = single(key, expected);
    if (text.isPresent() && !pattern.matcher(text.get()).matches()) {
      mistake(key, text.get(), expected);
    }
    return text.filter(value -> pattern.matcher(value).matches());
  }

  Instant time(String key) {
    Optional<String> text = single(key, TIME);
    Optional<Instant> time = text.flatMap(PriceFileFields::parse);
    if (text.isPresent() && time.isEmpty()) {
      mistake(key, text.get(), TIME);
    }
    return time.orElse(Instant.EPOCH);
  }

  /** To the millisecond, as records hold it. */
  private static Optional<Instant> parse(String text) {
    try {
      Instant time =
          text.length() == "2026-12-01".length()
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(text.replace(' ', 'T')).toInstant();
      return Optional.of(time).filter(t -> t.equals(t.truncatedTo(ChronoUnit.MILLIS)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** In millionths. */
  long amount(String key) {
    return single(key, AMOUNT).map(text -> micros(key, text)).orElse(0L);
  }

  long amount(String key, long otherwise) {
    return table.has(key) ? amount(key) : otherwise;
  }

  private long micros(String key, String text) {
    try {
      BigDecimal amount = new BigDecimal(text);
      if (amount.signum() >= 0 && amount.compareTo(MOST) <= 0) {
        return amount.movePointRight(MICRO_DIGITS).longValueExact();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // said below
    }
    mistake(key, text, AMOUNT);
    return 0;
  }

  private Optional<String> single(String key, String expected) {
    @Nullable JsonNode node = table.get(key);
    if (node == null) {
      mistake(key, "not set", expected);
    } else if (node.isContainer()) {
      mistake(key, node.toString(), expected);
    }
    return node == null || node.isContainer() ? Optional.empty() : Optional.of(node.asString());
  }

  private void mistake(String key, String value, String expected) {
    mistakes.add(path + key + ": " + value + " (expected: " + expected + ")");
  }
}
