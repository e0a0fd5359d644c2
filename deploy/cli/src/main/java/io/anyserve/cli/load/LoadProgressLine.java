package io.anyserve.cli.load;

import io.anyserve.cli.options.TerminalLine;
import io.anyserve.loadtest.report.PhaseReport.Window;
import io.anyserve.loadtest.report.Texts;
import io.anyserve.loadtest.run.LoadProgress;
import java.io.PrintWriter;
import java.util.Locale;

/** One line of a terminal that tells how far a run is. Silent where there is no terminal. */
final class LoadProgressLine implements AutoCloseable {

  private static final int BAR = 20;

  private final TerminalLine line;

  private LoadProgressLine(TerminalLine line) {
    this.line = line;
  }

  static LoadProgressLine on(PrintWriter err) {
    return new LoadProgressLine(TerminalLine.on(err));
  }

  void show(LoadProgress progress) {
    line.show(text(progress));
  }

  /** Such as {@code load ########------ 12/65 s 19.8/s 4 open first token 1.2 ms, p99 8.3 ms}. */
  static String text(LoadProgress progress) {
    String bar = TerminalLine.bar(progress.seconds() / progress.length(), BAR);
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
    line.close();
  }
}
