package io.anyserve.runtime.fuzz;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads responses as RFC 9112 has them, and is as strict as it. Throws AssertionErrors.
 *
 * <p>Whether a response answers HEAD is not known: it has no body where the next response, or
 * nothing, is in its place.
 */
final class HttpAnswerParser {

  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d{3}) [ -~]*");
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([ -~\\u0080-\\u00ff]*)");
  private static final Pattern CHUNK = Pattern.compile("[0-9A-Fa-f]+");
  private static final Set<Integer> WITHOUT_BODY = Set.of(100, 204, 304);

  private final String bytes;
  private final List<HttpAnswer> answers = new ArrayList<>();
  private int at;

  HttpAnswerParser(String bytes) {
    this.bytes = bytes;
  }

  List<HttpAnswer> all() {
    boolean more = true;
    while (more && at < bytes.length()) {
      HttpAnswer answer = next();
      answers.add(answer);
      more = !answer.isUpgrade();
      boolean closes = answer.header("connection").equals(Optional.of("close"));
      boolean last = !answer.complete() || closes;
      require(!last || at == bytes.length(), "more behind the last response");
    }
    return answers;
  }

  private HttpAnswer next() {
    Matcher status = STATUS_LINE.matcher(line());
    require(status.matches(), "no status line");
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      Matcher header = HEADER.matcher(line);
      require(header.matches(), "no header");
      headers.merge(
          header.group(1).toLowerCase(Locale.ROOT), header.group(2), (a, b) -> a + ", " + b);
    }
    return answer(Integer.parseInt(status.group(1)), headers);
  }

  private HttpAnswer answer(int status, Map<String, String> headers) {
    if (status == 101) {
      return taken(status, headers, bytes.length() - at);
    }
    if (WITHOUT_BODY.contains(status)
        || at == bytes.length()
        || bytes.startsWith("HTTP/1.1 ", at)) {
      return new HttpAnswer(status, headers, "", true);
    }
    if (headers.containsKey("transfer-encoding")) {
      require(headers.get("transfer-encoding").equals("chunked"), "encoding");
      require(!headers.containsKey("content-length"), "two lengths");
      return chunked(status, headers);
    }
    String length = headers.get("content-length");
    return taken(status, headers, length == null ? bytes.length() - at : Integer.parseInt(length));
  }

  private HttpAnswer taken(int status, Map<String, String> headers, int length) {
    int end = Math.min(bytes.length(), at + length);
    String body = bytes.substring(at, end);
    at = end;
    return new HttpAnswer(status, headers, body, body.length() == length);
  }

  private HttpAnswer chunked(int status, Map<String, String> headers) {
    var body = new StringBuilder();
    while (bytes.indexOf("\r\n", at) >= 0) {
      String size = line();
      require(CHUNK.matcher(size).matches(), "no chunk size");
      int end = at + Integer.parseInt(size, 16);
      if (end + 2 > bytes.length()) {
        break;
      }
      body.append(bytes, at, end);
      at = end;
      require(line().isEmpty(), "chunk without its end");
      if (size.equals("0")) {
        return new HttpAnswer(status, headers, body.toString(), true);
      }
    }
    at = bytes.length();
    return new HttpAnswer(status, headers, body.toString(), false);
  }

  private String line() {
    int end = bytes.indexOf("\r\n", at);
    require(end >= 0, "no line");
    String line = bytes.substring(at, end);
    at = end + 2;
    return line;
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise + " before byte " + at + " of: " + bytes);
    }
  }
}
