package io.anyserve.runtime.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A response over HTTP/1.1 as it came.
 *
 * @param headers by their names in lower case
 * @param body one byte a character; behind an upgrade all bytes of the other protocol
 * @param complete whether all of the body came
 */
public record HttpAnswer(int status, Map<String, String> headers, String body, boolean complete) {

  public HttpAnswer {
    headers = Map.copyOf(headers);
  }

  /** All that came over a connection. Throws an AssertionError for what is no response. */
  public static List<HttpAnswer> parse(byte[] bytes) {
    return new HttpAnswerParser(new String(bytes, ISO_8859_1)).all();
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  boolean isFinal() {
    return status >= 200;
  }

  /** Whether the connection speaks another protocol behind it. */
  public boolean isUpgrade() {
    return status == 101;
  }

  String text() {
    return new String(body.getBytes(ISO_8859_1), UTF_8);
  }

  @Override
  public String toString() {
    return status + " " + headers + (complete ? " " : " cut off ") + text();
  }
}
