package io.anyserve.cli.options;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;

/** One line of a terminal that is written again and again. Silent where there is no terminal. */
public final class TerminalLine implements AutoCloseable {

  private static final String CLEARED = "\r\033[2K";

  private final Optional<PrintWriter> terminal;

  private TerminalLine(Optional<PrintWriter> terminal) {
    this.terminal = terminal;
  }

  public static TerminalLine on(PrintWriter err) {
    return new TerminalLine(
        Optional.ofNullable(System.console()).filter(Console::isTerminal).map(_ -> err));
  }

  /** Takes the place of what was shown before. */
  public void show(String text) {
    terminal.ifPresent(
        line -> {
          line.print(CLEARED + text);
          line.flush();
        });
  }

  /** Such as {@code ######------}, with that share of it done. */
  public static String bar(double share, int width) {
    int done = (int) Math.clamp(width * share, 0, width);
    return "#".repeat(done) + "-".repeat(width - done);
  }

  /** Leaves the line empty. */
  public void clear() {
    show("");
  }

  @Override
  public void close() {
    clear();
  }
}
