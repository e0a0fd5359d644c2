package io.anyserve.loadtest.scenario;

/** An address of a server. */
public record HostPort(String host, int port) {

  static final HostPort NONE = new HostPort("127.0.0.1", 1);

  private static final int HIGHEST = 65_535;

  /** Throws IllegalArgumentException for what is not {@code HOST:PORT}. */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port > 0 && port <= HIGHEST) {
        return new HostPort(text.substring(0, colon), port);
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new IllegalArgumentException("address: \"" + text + "\" (expected: HOST:PORT)");
  }
}
