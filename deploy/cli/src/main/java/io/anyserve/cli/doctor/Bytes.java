package io.anyserve.cli.doctor;

import java.util.Locale;

/** Amounts of bytes for people. */
final class Bytes {

  private static final double MEBI = 1 << 20;
  private static final double GIBI = 1 << 30;

  private Bytes() {}

  static String text(long bytes) {
    return bytes < GIBI
        ? String.format(Locale.ROOT, "%.0f MiB", bytes / MEBI)
        : String.format(Locale.ROOT, "%.1f GiB", bytes / GIBI);
  }
}
