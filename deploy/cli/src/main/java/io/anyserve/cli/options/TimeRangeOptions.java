package io.anyserve.cli.options;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** From when to when, by the end of requests. */
public final class TimeRangeOptions {

  @Option(
      names = "--from",
      required = true,
      paramLabel = "TIME",
      converter = Parsed.class,
      description =
          "Begin, inclusive: 2026-12-01T00:00:00Z, a date, or a duration before now such as 24h.")
  public Instant from = Instant.EPOCH;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = Parsed.class,
      defaultValue = "0s",
      description = "End, exclusive (default: now).")
  public Instant to = Instant.EPOCH;

  /** Whether the request ended within. */
  public boolean contains(Instant time) {
    return !time.isBefore(from) && time.isBefore(to);
  }

  /** A time, the beginning of a date at UTC, or so long ago. */
  static final class Parsed implements ITypeConverter<Instant> {

    @Override
    public Instant convert(String text) {
      try {
        return text.contains("-") ? absolute(text) : Instant.now().minus(ago(text));
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            text + " (expected: a time like 2026-12-01T00:00:00Z, a date, or 30m, 24h, 7d)");
      }
    }

    private static Instant absolute(String text) {
      return text.contains("T")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Duration ago(String text) {
      boolean days = text.endsWith("d");
      return Duration.parse(days ? "P" + text : "PT" + text);
    }
  }
}
