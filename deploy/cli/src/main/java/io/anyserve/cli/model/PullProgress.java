package io.anyserve.cli.model;

import io.anyserve.cli.options.Bytes;
import io.anyserve.cli.options.TerminalLine;
import io.anyserve.worker.hub.PullListener;
import io.anyserve.worker.hub.Repository;
import io.anyserve.worker.hub.RepositoryFile;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far a download is: a bar that moves on a terminal, and a line for each file. Several
 * threads call it.
 */
final class PullProgress implements PullListener, AutoCloseable {

  private static final int BAR = 24;
  private static final long PAUSE_NANOS = 200_000_000L;
  private static final double SECOND = 1e9;

  private final PrintWriter out;
  private final TerminalLine line;
  private final LongSupplier nanos;
  private long began;
  private long shown;
  private long missing;
  private long received;

  private PullProgress(PrintWriter out, LongSupplier nanos) {
    this.out = out;
    this.line = TerminalLine.on(out);
    this.nanos = nanos;
  }

  static PullProgress to(PrintWriter err) {
    return new PullProgress(err, System::nanoTime);
  }

  @Override
  public synchronized void begins(
      Repository repository, List<RepositoryFile> files, long missingBytes) {
    began = nanos.getAsLong();
    shown = began - PAUSE_NANOS;
    missing = missingBytes;
    long size = files.stream().mapToLong(RepositoryFile::size).sum();
    tell(
        "%s at %s: %d files, %s, %s to download"
            .formatted(
                repository.reference(),
                repository.commit(),
                files.size(),
                Bytes.text(size),
                Bytes.text(missing)));
  }

  @Override
  public synchronized void received(RepositoryFile file, long bytes) {
    received += bytes;
    long now = nanos.getAsLong();
    if (now - shown >= PAUSE_NANOS) {
      shown = now;
      line.show(bar(received, missing, (now - began) / SECOND));
    }
  }

  @Override
  public synchronized void done(RepositoryFile file) {
    tell("%s  %s".formatted(file.path(), Bytes.text(file.size())));
  }

  @Override
  public synchronized void retries(RepositoryFile file, String why) {
    tell("%s: %s; going on from where it stands".formatted(file.path(), why));
  }

  private void tell(String text) {
    line.clear();
    out.println(text);
    out.flush();
  }

  /** Such as {@code ######------ 240 MiB of 500 MiB, 12 MiB/s, 22 s left}. */
  static String bar(long received, long missing, double seconds) {
    double rate = seconds > 0 ? received / seconds : 0;
    String left =
        rate > 0
            ? String.format(Locale.ROOT, ", %.0f s left", Math.max(0, missing - received) / rate)
            : "";
    return TerminalLine.bar(missing == 0 ? 1 : (double) received / missing, BAR)
        + " %s of %s, %s/s"
            .formatted(Bytes.text(received), Bytes.text(missing), Bytes.text((long) rate))
        + left;
  }

  @Override
  public synchronized void close() {
    line.close();
  }
}
