package io.anyserve.cli.usage;

import io.anyserve.metering.http.Csv;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Rows of usage, for people or as CSV. */
record UsageTable(PrintWriter out, boolean csv) {

  private static final int WIDTH = 18;

  void row(List<?> cells) {
    if (csv) {
      new Csv(out).row(cells);
    } else {
      out.println(
          cells.stream().map(UsageTable::padded).collect(Collectors.joining("  ")).stripTrailing());
    }
  }

  private static String padded(Object cell) {
    return String.format(Locale.ROOT, cell instanceof Number ? "%" + WIDTH + "s" : "%-28s", cell);
  }
}
