package io.anyserve.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of 127.0.0.1 on which a server may listen. */
final class LoopbackPorts {

  static final String HOST = "127.0.0.1";

  private static final byte[] ADDRESS = {127, 0, 0, 1};

  /**
   * Outgoing connections take their ports from here on, so a listener up there collides by chance.
   */
  private static final int FIRST_EPHEMERAL = 32_768;

  private static final int FIRST_CHOSEN = 20_000;
  private static final int CHOICES = 1_000;

  /** Ports of which each process draws first, so that two that start together seldom meet. */
  private static final int SHARE = 400;

  private static final int OWN_CHOICES = 50;

  private LoopbackPorts() {}

  /**
   * Draws a port that was free a moment ago, below the range of outgoing connections.
   *
   * @throws BindException when none of many draws was free
   */
  static int free() throws BindException {
    int shares = (FIRST_EPHEMERAL - FIRST_CHOSEN) / SHARE;
    int own = FIRST_CHOSEN + SHARE * (int) (ProcessHandle.current().pid() % shares);
    for (int i = 0; i < CHOICES; i++) {
      int port =
          i < OWN_CHOICES
              ? ThreadLocalRandom.current().nextInt(own, own + SHARE)
              : ThreadLocalRandom.current().nextInt(FIRST_CHOSEN, FIRST_EPHEMERAL);
      if (isFree(port)) {
        return port;
      }
    }
    throw new BindException(
        "no free port on " + HOST + " from " + FIRST_CHOSEN + " to " + (FIRST_EPHEMERAL - 1));
  }

  static boolean isFree(int port) {
    try {
      bind(port);
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  /**
   * Fails when a server could not listen there now.
   *
   * @throws BindException naming the server, the port and the reason
   */
  static void requireFree(String server, int port) throws BindException {
    try {
      bind(port);
    } catch (IOException e) {
      var failure =
          new BindException(server + " port " + port + " on " + HOST + ": " + e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }

  /** Port 0 asks for any port. */
  static void requirePort(String name, int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(name + ": " + port + " (expected: 0 to 65535)");
    }
  }

  private static void bind(int port) throws IOException {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(ADDRESS), port));
    }
  }
}
