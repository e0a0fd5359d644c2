package io.anyserve.loadtest;

/** What a figure was measured on. */
public final class HostInfo {

  private HostInfo() {}

  public static String text() {
    return Runtime.getRuntime().availableProcessors()
        + " processors, Java "
        + Runtime.version().feature();
  }
}
