package io.anyserve.cli.options;

import java.util.Locale;

/** Amounts of bytes for people. */
public final class Bytes {

  private static final double KIBI = 1 << 10;
  private static final double MEBI = 1 << 20;
  private static final double GIBI = 1 << 30;

  private Bytes() {}

  /** In the largest unit of which there is one: B, KiB, MiB or GiB. */
  public static String text(long bytes) {
    if (bytes < KIBI) {
      return bytes + " B";
    }
    if (bytes < MEBI) {
      return String.format(Locale.ROOT, "%.0f KiB", bytes / KIBI);
    }
    return bytes < GIBI
        ? String.format(Locale.ROOT, "%.0f MiB", bytes / MEBI)
        : String.format(Locale.ROOT, "%.1f GiB", bytes / GIBI);
  }
}
