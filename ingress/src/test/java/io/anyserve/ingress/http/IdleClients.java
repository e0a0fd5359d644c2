package io.anyserve.ingress.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that opens connections, of which every second one begins a request, says so and keeps
 * them until its input ends. The server has the file descriptors of its own process to itself.
 */
final class IdleClients {

  static final String OPEN = "open";

  private static final byte[] BEGINNING =
      "POST /v1/completions HTTP/1.1\r\nHost: lo".getBytes(US_ASCII);

  private IdleClients() {}

  /** Arguments: the port, and how many. */
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    List<Socket> idle = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      if (i % 2 == 1) {
        socket.getOutputStream().write(BEGINNING);
      }
      idle.add(socket);
    }
    System.out.println(OPEN);
    int _ = System.in.read();
    for (Socket socket : idle) {
      socket.close();
    }
  }
}
