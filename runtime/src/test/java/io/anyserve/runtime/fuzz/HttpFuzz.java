package io.anyserve.runtime.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;

/**
 * Sends bytes to a server as a client over HTTP would. A request that says where it ends has one
 * complete answer; other bytes have answers in the form of HTTP, or none, and then the connection
 * is closed.
 *
 * @param raw requests that are changed anywhere
 */
public record HttpFuzz(ServerFuzz server, HttpCalls calls, List<String> raw) {

  private static final List<String> PIECES =
      List.of(
          "\r\n",
          "\n",
          "\r\n\r\n",
          " ",
          "\t",
          ":",
          "\0",
          "\u00ff",
          "HTTP/1.0",
          "HTTP/1.1",
          "HTTP/2.0",
          "Content-Length: 5\r\n",
          "Content-Length: -1\r\n",
          "Content-Length: 99999999999\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Transfer-Encoding: gzip, chunked\r\n",
          "transfer-encoding : chunked\r\n",
          "Connection: keep-alive\r\n",
          "Expect: 100-continue\r\n",
          "0\r\n\r\n",
          "ffffffffffffffff\r\n",
          "5\r\nhello\r\n",
          "Host: a\r\n",
          "HEAD ",
          "PRI * HTTP/2.0",
          "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "{event}",
          "{token}",
          "{response}",
          "%0d%0a");

  public void read(byte[] input) throws Exception {
    var choices = new ByteChoices(input);
    switch (choices.below(3)) {
      case 0 -> framed(calls.request(choices, server::filled));
      case 1 -> bytes(server.filled(new TextEdits(raw, PIECES).text(choices)));
      default -> bytes(new String(choices.rest(), ISO_8859_1));
    }
  }

  private void framed(String request) throws Exception {
    List<HttpAnswer> answers = answers(request, false);
    List<HttpAnswer> last = answers.stream().filter(HttpAnswer::isFinal).toList();
    if (last.size() != 1 || !last.getFirst().complete()) {
      throw new AssertionError(answers + " (expected: one complete answer) to: " + request);
    }
  }

  private void bytes(String request) throws Exception {
    var _ = answers(request, true);
  }

  private List<HttpAnswer> answers(String request, boolean ends) throws Exception {
    try {
      List<HttpAnswer> answers = HttpAnswer.parse(server.exchange(request, ends));
      answers.forEach(AnswerChecks::check);
      return answers;
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("answer to: " + request, e);
    }
  }
}
