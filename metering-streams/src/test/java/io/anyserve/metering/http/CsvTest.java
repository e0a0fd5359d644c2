package io.anyserve.metering.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CsvTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "plain|plain",
        "a,b|\"a,b\"",
        "say \"hi\"|\"say \"\"hi\"\"\"",
        "=1+2|'=1+2",
        "=HYPERLINK(\"http://x\",\"y\")|\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"",
        "+1|'+1",
        "-1|'-1",
        "@SUM(A1)|'@SUM(A1)",
        "über|über",
      })
  void cellsAreQuotedAndNoFormulas(String cell, String expected) {
    assertEquals(expected + "\r\n", row(cell));
  }

  @Test
  void lineBreaksAndTabsStayInTheirCell() {
    assertEquals("\"a\nb\"\r\n", row("a\nb"));
    assertEquals("'\tx\r\n", row("\tx"));
    assertEquals("\"'\rx\"\r\n", row("\rx"));
    assertEquals("\"'\n=1\"\r\n", row("\n=1"));
  }

  @Test
  void numbersAreNumbers() {
    StringWriter out = new StringWriter();
    new Csv(out).row(List.of(-5L, 0, "", "x"));
    assertEquals("-5,0,,x\r\n", out.toString());
  }

  private static String row(String cell) {
    StringWriter out = new StringWriter();
    new Csv(out).row(List.of(cell));
    return out.toString();
  }
}
