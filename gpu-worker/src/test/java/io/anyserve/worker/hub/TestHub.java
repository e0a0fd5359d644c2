package io.anyserve.worker.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A hub with one model, as Hugging Face's: the listing and small files from the endpoint, large
 * files by a redirect to another server. It can misbehave.
 */
final class TestHub implements AutoCloseable {

  static final String MODEL = "acme/tiny";
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private static final int LARGE = 1_000;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer endpoint = server();
  private final HttpServer storage = server();
  private final Map<String, byte[]> files = new HashMap<>();
  private final Map<String, String> checksums = new HashMap<>();
  private final List<Trouble> troubles = new ArrayList<>();

  /** {@code METHOD-less} lines such as {@code endpoint /path token range}. */
  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();

  private Optional<String> wantedToken = Optional.empty();
  private Optional<Refusal> refusal = Optional.empty();

  /** What the next request for a file's content meets. */
  sealed interface Trouble {

    /** The status, and nothing else. */
    record Status(int code) implements Trouble {}

    /** The connection ends after so many bytes. */
    record Cut(int bytes) implements Trouble {}

    /** Nothing comes after so many bytes, until the hub is closed. */
    record Stall(int bytes) implements Trouble {}

    /** All of it, whatever range is asked for. */
    record NoRanges() implements Trouble {}

    /** More than there is. */
    record Longer() implements Trouble {}
  }

  private record Refusal(int status, String code) {}

  TestHub() {
    endpoint.createContext("/api/models/", this::list);
    endpoint.createContext("/" + MODEL + "/resolve/", this::resolve);
    storage.createContext("/", this::store);
    endpoint.start();
    storage.start();
  }

  private HttpServer server() {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      HttpServer server = HttpServer.create(address, 0);
      server.setExecutor(threads);
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  HubSettings settings(String... token) {
    return new HubSettings(address(endpoint), Arrays.stream(token).findFirst());
  }

  private static URI address(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** A file of that many bytes. */
  TestHub with(String path, int size) {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      content[i] = (byte) (i * 31 + path.length());
    }
    files.put(path, content);
    return this;
  }

  byte[] content(String path) {
    return files.getOrDefault(path, new byte[0]);
  }

  /** Lists another checksum than the file has. */
  void misstate(String path) {
    checksums.put(path, "f".repeat(size(path) >= LARGE ? 64 : 40));
  }

  /** The next requests for content meet these, one after the other. */
  synchronized void next(Trouble... coming) {
    troubles.addAll(List.of(coming));
  }

  void wantToken(String token) {
    wantedToken = Optional.of(token);
  }

  /** Answers every listing so. */
  void refuse(int status, String code) {
    refusal = Optional.of(new Refusal(status, code));
  }

  /** What was asked of which server, with which token, from which byte on. */
  List<String> seen() {
    return List.copyOf(seen);
  }

  private int size(String path) {
    return content(path).length;
  }

  private void list(HttpExchange call) throws IOException {
    note("endpoint", call);
    String token = call.getRequestHeaders().getFirst("authorization");
    if (refusal.isPresent()) {
      call.getResponseHeaders().add("X-Error-Code", refusal.get().code());
      answer(call, refusal.get().status(), "{}".getBytes(StandardCharsets.UTF_8));
    } else if (wantedToken.isPresent() && !("Bearer " + wantedToken.get()).equals(token)) {
      answer(call, 401, "{}".getBytes(StandardCharsets.UTF_8));
    } else if (!call.getRequestURI().getPath().startsWith("/api/models/" + MODEL + "/revision/")) {
      call.getResponseHeaders().add("X-Error-Code", "RepoNotFound");
      answer(call, 404, "{}".getBytes(StandardCharsets.UTF_8));
    } else {
      answer(call, 200, listing().getBytes(StandardCharsets.UTF_8));
    }
  }

  private String listing() {
    String siblings =
        files.keySet().stream().sorted().map(this::sibling).collect(Collectors.joining(","));
    return "{\"sha\":\"%s\",\"siblings\":[%s]}".formatted(COMMIT, siblings);
  }

  private String sibling(String path) {
    byte[] content = content(path);
    if (content.length >= LARGE) {
      String sum = checksums.getOrDefault(path, digest("SHA-256", content));
      return "{\"rfilename\":\"%s\",\"size\":%d,\"blobId\":\"%s\",\"lfs\":{\"sha256\":\"%s\",\"size\":%d}}"
          .formatted(path, content.length, "0".repeat(40), sum, content.length);
    }
    byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] blob = Arrays.copyOf(head, head.length + content.length);
    System.arraycopy(content, 0, blob, head.length, content.length);
    return "{\"rfilename\":\"%s\",\"size\":%d,\"blobId\":\"%s\"}"
        .formatted(path, content.length, checksums.getOrDefault(path, digest("SHA-1", blob)));
  }

  private static String digest(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void resolve(HttpExchange call) throws IOException {
    note("endpoint", call);
    String start = "/" + MODEL + "/resolve/" + COMMIT + "/";
    String path = call.getRequestURI().getPath().substring(start.length());
    if (size(path) >= LARGE) {
      call.getResponseHeaders().add("Location", address(storage) + "/" + path);
      answer(call, 302, new byte[0]);
    } else {
      send(call, content(path));
    }
  }

  private void store(HttpExchange call) throws IOException {
    note("storage", call);
    send(call, content(call.getRequestURI().getPath().substring(1)));
  }

  private void send(HttpExchange call, byte[] content) throws IOException {
    Optional<Trouble> trouble = trouble();
    String range = call.getRequestHeaders().getFirst("range");
    boolean ranges = range != null && !trouble.equals(Optional.of(new Trouble.NoRanges()));
    int from = ranges ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
    byte[] rest = Arrays.copyOfRange(content, from, content.length);
    int status = ranges ? 206 : 200;
    switch (trouble.orElse(new Trouble.NoRanges())) {
      case Trouble.Status(int code) -> answer(call, code, new byte[0]);
      case Trouble.Cut(int bytes) -> {
        call.sendResponseHeaders(status, rest.length);
        call.getResponseBody().write(rest, 0, bytes);
        call.getResponseBody().flush();
        throw new IOException("cut");
      }
      case Trouble.Stall(int bytes) -> {
        call.sendResponseHeaders(status, rest.length);
        call.getResponseBody().write(rest, 0, bytes);
        call.getResponseBody().flush();
      }
      case Trouble.NoRanges _ -> answer(call, status, rest);
      case Trouble.Longer _ -> answer(call, status, Arrays.copyOf(rest, rest.length + 10));
    }
  }

  private synchronized Optional<Trouble> trouble() {
    return troubles.isEmpty() ? Optional.empty() : Optional.of(troubles.removeFirst());
  }

  private void note(String server, HttpExchange call) {
    String token = call.getRequestHeaders().getFirst("authorization");
    String range = call.getRequestHeaders().getFirst("range");
    seen.add(
        "%s %s %s %s"
            .formatted(
                server,
                call.getRequestURI(),
                token == null ? "-" : token,
                range == null ? "-" : range));
  }

  private static void answer(HttpExchange call, int status, byte[] body) throws IOException {
    call.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    call.getResponseBody().write(body);
    call.close();
  }

  @Override
  public void close() {
    endpoint.stop(0);
    storage.stop(0);
    threads.shutdownNow();
  }
}
