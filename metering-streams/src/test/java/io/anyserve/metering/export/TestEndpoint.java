package io.anyserve.metering.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An HTTP/1.1 server on a bare socket, so that it can misbehave in every way. */
final class TestEndpoint implements AutoCloseable {

  static final String TAKEN = "HTTP/1.1 204 No Content\r\n\r\n";

  /** What was posted. */
  record Post(String head, JsonNode events) {

    List<String> ids() {
      List<String> ids = new ArrayList<>();
      events.forEach(event -> ids.add(event.get("id").asString()));
      return ids;
    }
  }

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Function<Post, String> answers;
  private final List<Post> posts = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /**
   * @param answers the bytes to answer; empty to close the sending side without a word, "hang" to
   *     keep still
   */
  TestEndpoint(Function<Post, String> answers) throws IOException {
    this.answers = answers;
    Thread.ofVirtual().start(this::accept);
  }

  static String status(int status, String... headers) {
    String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return "HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\n" + more + "\r\n";
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/api/v1/events");
  }

  List<Post> posts() {
    return posts;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String head = head(in);
      while (!head.isEmpty()) {
        Post post = new Post(head, JsonMapper.shared().readTree(in.readNBytes(length(head))));
        posts.add(post);
        String answer = answers.apply(post);
        if (answer.isEmpty()) {
          socket.shutdownOutput();
        } else if (!answer.equals("hang")) {
          socket.getOutputStream().write(answer.getBytes(UTF_8));
          socket.getOutputStream().flush();
        }
        head = head(in);
      }
    } catch (IOException closed) {
      // by the client, or because the test is over
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(UTF_8).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
    }
    return head.toString(UTF_8);
  }

  private static int length(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring("content-length:".length()).strip()))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
