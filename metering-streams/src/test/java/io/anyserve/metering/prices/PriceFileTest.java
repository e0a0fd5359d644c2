package io.anyserve.metering.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PriceFileTest {

  @Test
  void amountsAreExactMillionths() {
    PriceBook book =
        PriceFile.parse(
            """
            version = "2026-12"
            effective-from = 2026-12-01T00:00:00Z
            currency = "EUR"

            [price."qwen2.5-0.5b"]
            prompt = 0.50
            completion = 1.1
            cached = 0.000001
            request = 3

            [price."*"]
            prompt = "0.07"
            completion = 1e-2
            """);

    assertEquals("2026-12", book.version());
    assertEquals(Instant.parse("2026-12-01T00:00:00Z"), book.effectiveFrom());
    assertEquals("EUR", book.currency());
    assertEquals(
        Map.of(
            "qwen2.5-0.5b",
            new Price(500_000, 1_100_000, 1, 3_000_000),
            PriceBook.ANY,
            new Price(70_000, 10_000, 70_000, 0)),
        book.prices());
  }

  @Test
  void datesBeginAtUtcAndOffsetsCount() {
    assertEquals(Instant.parse("2026-12-01T00:00:00Z"), from("2026-12-01"));
    assertEquals(Instant.parse("2026-11-30T23:00:00Z"), from("2026-12-01T00:00:00+01:00"));
    assertEquals(Instant.parse("2026-12-01T10:00:00Z"), from("2026-12-01 10:00:00Z"));
  }

  @Test
  void allMistakesAreReportedTogether() {
    assertEquals(
        List.of(
            "colour: unknown (expected: one of [currency, effective-from, price, version])",
            "version: no spaces (expected: letters, digits, dots, hyphens and underscores, at most 64)",
            "effective-from: tomorrow (expected: a time like 2026-12-01T00:00:00Z, or a date, which"
                + " begins at UTC)",
            "currency: Euro (expected: three letters, ISO 4217)",
            "price.\"a\".tokens: unknown (expected: one of [cached, completion, prompt, request])",
            "price.\"a\".prompt: -1 (expected: 0 to 1000000000 with at most 6 decimals)",
            "price.\"a\".completion: 1E-7 (expected: 0 to 1000000000 with at most 6 decimals)",
            "price.\"b\".prompt: not set (expected: 0 to 1000000000 with at most 6 decimals)",
            "price.\"b\".completion: much (expected: 0 to 1000000000 with at most 6 decimals)"),
        mistakes(
            """
            version = "no spaces"
            effective-from = "tomorrow"
            currency = "Euro"
            colour = "red"
            [price.a]
            prompt = -1
            completion = 0.0000001
            tokens = 3
            [price.b]
            completion = "much"
            """));
  }

  @Test
  void anEmptyFileLacksEverything() {
    assertEquals(4, mistakes("").size());
    assertEquals(1, mistakes("version =").size());
  }

  @Test
  void aModelNameWithDotsNeedsQuotes() {
    assertEquals(
        List.of(
            "price.\"qwen2\": holds a table (expected: a model name with dots stands in quotes)"),
        mistakes(
            """
            version = "v"
            effective-from = 2026-12-01
            currency = "EUR"
            [price.qwen2.5b]
            prompt = 1
            completion = 1
            """));
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    var refused =
        assertThrows(PriceFileException.class, () -> PriceFile.read(Path.of("/no/such.toml")));
    assertEquals(true, String.valueOf(refused.getMessage()).contains("/no/such.toml"));
  }

  private static Instant from(String time) {
    return PriceFile.parse(
            """
            version = "v"
            effective-from = %s
            currency = "EUR"
            [price."*"]
            prompt = 1
            completion = 1
            """
                .formatted(time))
        .effectiveFrom();
  }

  private static List<String> mistakes(String toml) {
    var refused = assertThrows(PriceFileException.class, () -> PriceFile.parse(toml));
    return String.valueOf(refused.getMessage()).lines().toList();
  }
}
