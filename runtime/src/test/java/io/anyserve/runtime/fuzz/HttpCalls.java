package io.anyserve.runtime.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Requests over HTTP/1.1 that say where they end, whatever else is wrong with them.
 *
 * @param calls that the server knows
 * @param required headers that it refuses calls without
 * @param headers that it reads, with good values
 */
public record HttpCalls(List<Call> calls, List<String> required, List<String> headers) {

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "X-1");
  private static final List<String> PIECES =
      List.of(
          "/",
          "//",
          "/..",
          "%2e%2e",
          "%2f",
          "%00",
          "%ff",
          "%",
          ";",
          "?",
          "#",
          "&",
          "=",
          ".",
          "*",
          "a",
          "\u00e4",
          "\u0000",
          "\t",
          "http://localhost",
          "{event}",
          "{token}",
          "{response}",
          ",",
          "-1",
          "9223372036854775808",
          "\"",
          "<",
          "?stream=true",
          "starting_after=0",
          "q=0.1");
  private static final List<String> COMMON_HEADERS =
      List.of(
          "Expect: 100-continue",
          "Host: localhost",
          "Host: example.org",
          "Origin: http://localhost",
          "Origin: null",
          "Origin: https://example.org",
          "Access-Control-Request-Method: POST",
          "Access-Control-Request-Headers: authorization, x-a",
          "Accept: text/event-stream",
          "Accept-Encoding: gzip",
          "Content-Encoding: gzip",
          "Content-Type: text/plain",
          "Cookie: a=b; $Version=1; c=\"d",
          "Range: bytes=0-1",
          "If-None-Match: *",
          "Upgrade: h2c",
          "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
          "Trailer: x",
          "TE: trailers",
          "X-Forwarded-For: ::1",
          "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "Idempotency-Key: k1",
          "anyserve-session: s1");

  public HttpCalls {
    calls = List.copyOf(calls);
    required = List.copyOf(required);
    headers = List.copyOf(headers);
  }

  /**
   * One call.
   *
   * @param body empty for a call without
   */
  public record Call(String method, String path, Optional<JsonEdits> body) {

    public Call(String method, String path) {
      this(method, path, Optional.empty());
    }

    public Call(String method, String path, JsonEdits body) {
      this(method, path, Optional.of(body));
    }
  }

  /** Puts what a server issued in the place of its placeholders. */
  interface Filling {
    String of(String text) throws Exception;
  }

  /** One byte a character. */
  String request(ByteChoices choices, Filling filling) throws Exception {
    Call call = choices.of(calls);
    String method = choices.below(8) == 7 ? choices.of(METHODS) : call.method();
    var head = new StringBuilder();
    head.append(method).append(' ').append(edited(call.path(), choices)).append(" HTTP/1.1\r\n");
    headers(choices).forEach(header -> head.append(header).append("\r\n"));
    String start = filling.of(head.toString());
    return call.body().isPresent() || choices.below(8) == 7
        ? start + framed(filling.of(body(call, choices)), choices)
        : start + "\r\n";
  }

  private List<String> headers(ByteChoices choices) {
    List<String> all = new ArrayList<>();
    all.add("Host: " + (choices.below(8) == 7 ? edited("localhost:7407", choices) : "localhost"));
    all.add("Connection: close");
    if (choices.below(16) != 15) {
      all.add("Content-Type: application/json");
      all.addAll(required);
    }
    for (int i = choices.below(5); i > 0; i--) {
      String header = choices.of(choices.flag() ? headers : COMMON_HEADERS);
      int value = header.indexOf(' ') + 1;
      all.add(header.substring(0, value) + edited(header.substring(value), choices));
    }
    return all;
  }

  /** Nothing in it ends the line. */
  private static String edited(String good, ByteChoices choices) {
    return choices.flag()
        ? new TextEdits(List.of(good), PIECES).text(choices).replaceAll("[\r\n]", "")
        : good;
  }

  private static String body(Call call, ByteChoices choices) {
    return call.body()
        .map(edits -> edits.text(choices))
        .orElseGet(() -> new String(choices.bytes(80), ISO_8859_1));
  }

  /** The body behind the headers that say how long it is. */
  private static String framed(String body, ByteChoices choices) {
    if (!choices.flag()) {
      return "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }
    var framed = new StringBuilder("Transfer-Encoding: chunked\r\n\r\n");
    for (int at = 0; at < body.length(); ) {
      int end = Math.min(body.length(), at + 1 + choices.below(200));
      framed.append(Integer.toHexString(end - at)).append(choices.flag() ? ";x=y\r\n" : "\r\n");
      framed.append(body, at, end).append("\r\n");
      at = end;
    }
    return framed.append(choices.flag() ? "0\r\nx: y\r\n\r\n" : "0\r\n\r\n").toString();
  }
}
