package io.anyserve.cli.model;

import io.anyserve.worker.hub.PullListener;
import io.anyserve.worker.hub.Repository;
import io.anyserve.worker.hub.RepositoryFile;
import java.io.Console;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Shows how far a download is: a bar that moves on a terminal, and a line for each file. Several
 * threads call it.
 */
final class PullProgress implements PullListener, AutoCloseable {

  private static final String CLEARED = "\r\033[2K";
  private static final int BAR = 24;
  private static final long PAUSE_NANOS = 200_000_000L;
  private static final double SECOND = 1e9;

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private long began;
  private long shown;
  private long missing;
  private long received;

  PullProgress(PrintWriter out, boolean terminal, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
  }

  static PullProgress to(PrintWriter err) {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    return new PullProgress(err, terminal, System::nanoTime);
  }

  @Override
  public synchronized void begins(
      Repository repository, List<RepositoryFile> files, long missingBytes) {
    began = nanos.getAsLong();
    shown = began - PAUSE_NANOS;
    missing = missingBytes;
    long size = files.stream().mapToLong(RepositoryFile::size).sum();
    line(
        "%s at %s: %d files, %s, %s to download"
            .formatted(
                repository.reference(),
                repository.commit(),
                files.size(),
                bytes(size),
                bytes(missing)));
  }

  @Override
  public synchronized void received(RepositoryFile file, long bytes) {
    received += bytes;
    long now = nanos.getAsLong();
    if (terminal && now - shown >= PAUSE_NANOS) {
      shown = now;
      out.print(CLEARED + bar(received, missing, (now - began) / SECOND));
      out.flush();
    }
  }

  @Override
  public synchronized void done(RepositoryFile file) {
    line("%s  %s".formatted(file.path(), bytes(file.size())));
  }

  @Override
  public synchronized void retries(RepositoryFile file, String why) {
    line("%s: %s; going on from where it stands".formatted(file.path(), why));
  }

  private void line(String text) {
    out.println((terminal ? CLEARED : "") + text);
    out.flush();
  }

  /** Such as {@code ######------ 240.0 MB of 500.0 MB, 12.0 MB/s, 22 s left}. */
  static String bar(long received, long missing, double seconds) {
    int done = missing == 0 ? BAR : Math.clamp(BAR * received / missing, 0, BAR);
    double rate = seconds > 0 ? received / seconds : 0;
    String left =
        rate > 0
            ? String.format(Locale.ROOT, ", %.0f s left", Math.max(0, missing - received) / rate)
            : "";
    return "#".repeat(done)
        + "-".repeat(BAR - done)
        + " %s of %s, %s/s".formatted(bytes(received), bytes(missing), bytes((long) rate))
        + left;
  }

  /** In decimal units, as hubs and disks count. */
  static String bytes(long count) {
    double value = count;
    String unit = "B";
    for (String next : List.of("kB", "MB", "GB", "TB")) {
      if (value < 1000) {
        break;
      }
      value /= 1000;
      unit = next;
    }
    return unit.equals("B") ? count + " B" : String.format(Locale.ROOT, "%.1f %s", value, unit);
  }

  @Override
  public synchronized void close() {
    if (terminal) {
      out.print(CLEARED);
      out.flush();
    }
  }
}
