package io.anyserve.chaos.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Draws ports that nobody uses, each once, below the range that outgoing connections take: a server
 * that is started again must find its port free. Not thread-safe.
 */
public final class FreePorts {

  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 1_000;

  private final Set<Integer> drawn = new HashSet<>();

  int next() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (!drawn.contains(port) && isFree(port)) {
        drawn.add(port);
        return port;
      }
    }
    throw new IOException("no free port after " + TRIES + " tries");
  }

  /** The first of so many ports in a row. */
  public int row(int count) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int first = next();
      if (IntStream.range(first, first + count).allMatch(FreePorts::isFree)) {
        return first;
      }
    }
    throw new IOException("no " + count + " free ports in a row after " + TRIES + " tries");
  }

  private static boolean isFree(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
