package io.anyserve.runtime.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens fuzzed connections to a server, one after the other. The server is replaced after some
 * hundred; it must have ended all that they began then, and answer a probe. Not thread-safe.
 */
public final class ServerFuzz {

  private static final int MOST_CONNECTIONS = 500;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private final byte[] probe;
  private final FuzzedServer.Starter starter;
  private final ErrorLog errors = new ErrorLog();
  private @Nullable FuzzedServer server;
  private @Nullable HeldResources before;
  private int connections;

  /**
   * Starts nothing yet.
   *
   * @param probe head of a request that is always answered with 200, without its last lines
   */
  public ServerFuzz(String probe, FuzzedServer.Starter starter) {
    this.probe = (probe + "\r\nHost: localhost\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1);
    this.starter = starter;
  }

  /** The text with what the server issued in the place of its placeholders. */
  public String filled(String text) throws Exception {
    String filled = text;
    for (Map.Entry<String, String> issued : server().issued().entrySet()) {
      filled = filled.replace(issued.getKey(), issued.getValue());
    }
    return filled;
  }

  /**
   * Sends bytes over a connection of their own; returns what comes back until the server closes it.
   *
   * @param bytes one character each
   * @param ends whether the client says that nothing follows, which may cut off the answer
   */
  public byte[] exchange(String bytes, boolean ends) throws Exception {
    byte[] answer = exchange(server(), bytes.getBytes(ISO_8859_1), ends);
    errors.requireNone();
    if (++connections >= MOST_CONNECTIONS) {
      end();
    }
    return answer;
  }

  private FuzzedServer server() throws Exception {
    if (before == null) {
      starter.start().stop().close(); // loads classes and starts what stays
      before = HeldResources.now();
      errors.open();
    }
    FuzzedServer open = server;
    if (open == null) {
      open = starter.start();
      server = open;
    }
    return open;
  }

  private static byte[] exchange(FuzzedServer server, byte[] request, boolean ends)
      throws IOException {
    try (var socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      return new RawConnection(socket).exchange(request, ends);
    }
  }

  /** Ends the server, which must have nothing left to do. */
  public void end() throws Exception {
    FuzzedServer ended = server;
    server = null;
    connections = 0;
    if (ended != null) {
      List<HttpAnswer> answers = HttpAnswer.parse(exchange(ended, probe, false));
      if (answers.size() != 1 || answers.getFirst().status() != 200) {
        throw new AssertionError("probe: " + answers + " (expected: one answer, 200)");
      }
      await("all streams ended").atMost(PATIENCE).until(() -> ended.openStreams().getAsInt() == 0);
      ended.stop().close();
      HeldResources allowed = before;
      if (allowed != null) {
        await("nothing leaked: " + allowed)
            .atMost(PATIENCE)
            .until(() -> HeldResources.now().isLike(allowed));
      }
      errors.requireNone();
    }
  }
}
