package io.anyserve.metering.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;

/**
 * Rows as RFC 4180 has them. Cells that a spreadsheet would take for a formula get an apostrophe in
 * front. An IOException of the writer becomes an UncheckedIOException, as whoever reads has gone.
 */
public final class Csv {

  private static final String FORMULA = "=+-@\t\r\n";

  private final Writer out;

  public Csv(Writer out) {
    this.out = out;
  }

  /** Numbers stay as they are; everything else is text. */
  public void row(List<?> cells) {
    try {
      for (int i = 0; i < cells.size(); i++) {
        if (i > 0) {
          out.write(',');
        }
        Object cell = cells.get(i);
        out.write(cell instanceof Number ? cell.toString() : text(cell.toString()));
      }
      out.write("\r\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(String value) {
    String safe = !value.isEmpty() && FORMULA.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
    boolean plain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
