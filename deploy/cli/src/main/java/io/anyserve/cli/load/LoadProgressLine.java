package io.anyserve.cli.load;

import io.anyserve.loadtest.report.PhaseReport.Window;
import io.anyserve.loadtest.report.Texts;
import io.anyserve.loadtest.run.LoadProgress;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** One line of a terminal that tells how far a run is. Silent where there is no terminal. */
final class LoadProgressLine implements AutoCloseable {

  private static final String CLEARED = "\r\033[2K";
  private static final int BAR = 20;

  private final Optional<PrintWriter> terminal;

  private LoadProgressLine(Optional<PrintWriter> terminal) {
    this.terminal = terminal;
  }

  static LoadProgressLine on(PrintWriter err) {
    return new LoadProgressLine(
        Optional.ofNullable(System.console()).filter(Console::isTerminal).map(_ -> err));
  }

  void show(LoadProgress progress) {
    terminal.ifPresent(
        line -> {
          line.print(CLEARED + text(progress));
          line.flush();
        });
  }

  /** Such as {@code load ########------ 12/65 s 19.8/s 4 open first token 1.2 ms, p99 8.3 ms}. */
  static String text(LoadProgress progress) {
    int done = (int) Math.clamp(BAR * progress.seconds() / progress.length(), 0, BAR);
    String bar = "#".repeat(done) + "-".repeat(BAR - done);
    String begin =
        String.format(
            Locale.ROOT,
            "%s %s %.0f/%.0f s  %d open",
            progress.phase(),
            bar,
            progress.seconds(),
            progress.length(),
            progress.inFlight());
    return begin + progress.latest().map(LoadProgressLine::window).orElse("  warming up");
  }

  private static String window(Window window) {
    String rates =
        String.format(
            Locale.ROOT,
            "  %.1f/s sent  %.1f/s finished  %d failed",
            window.sent() / window.length(),
            window.finished() / window.length(),
            window.failed());
    return window.firstToken().count() == 0
        ? rates
        : rates
            + "  first token %s, p99 %s"
                .formatted(
                    Texts.micros(window.firstToken().p50()),
                    Texts.micros(window.firstToken().p99()));
  }

  @Override
  public void close() {
    terminal.ifPresent(
        line -> {
          line.print(CLEARED);
          line.flush();
        });
  }
}
