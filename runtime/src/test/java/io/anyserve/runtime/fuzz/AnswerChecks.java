package io.anyserve.runtime.fuzz;

import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What holds for every answer of the server, whatever was asked. Throws AssertionErrors. */
final class AnswerChecks {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<Integer> SERVER_ERRORS = Set.of(501, 505);

  /** Text may have characters that end lines elsewhere, such as U+2028. */
  private static final Pattern EVENT_LINE =
      Pattern.compile("|:.*|id: [!-~]+|event: [a-z._]+|data: (\\[DONE]|\\{.*})", Pattern.DOTALL);

  private static final String DATA = "data: {";

  private AnswerChecks() {}

  static void check(HttpAnswer answer) {
    if (!answer.isFinal()) {
      require(answer.status() == 100 || answer.isUpgrade(), "interim status", answer);
      return;
    }
    require(answer.status() < 500 || SERVER_ERRORS.contains(answer.status()), "status", answer);
    require(answer.header("x-content-type-options").isPresent(), "security headers", answer);
    String type = answer.header("content-type").orElse("");
    if (type.startsWith("text/event-stream")) {
      checkEvents(answer);
    } else if (type.equals("application/json") && answer.complete() && !answer.body().isEmpty()) {
      checkJson(answer);
    }
  }

  private static void checkJson(HttpAnswer answer) {
    JsonNode json = JSON.readTree(answer.text());
    boolean isError = answer.status() >= 400;
    require(!isError || json.at("/error/message").isString(), "error", answer);
  }

  private static void checkEvents(HttpAnswer answer) {
    String text = answer.text();
    require(!answer.complete() || text.endsWith("\n\n"), "event without its end", answer);
    text.lines()
        .limit(answer.complete() ? Long.MAX_VALUE : text.lines().count() - 1)
        .forEach(line -> checkEventLine(line, answer));
  }

  private static void checkEventLine(String line, HttpAnswer answer) {
    require(EVENT_LINE.matcher(line).matches(), "line of an event: " + line, answer);
    if (line.startsWith(DATA)) {
      JsonNode code = JSON.readTree(line.substring(DATA.length() - 1)).at("/error/code");
      require(!code.asString("").equals("internal"), "event", answer);
    }
  }

  private static void require(boolean holds, String what, HttpAnswer answer) {
    if (!holds) {
      throw new AssertionError(what + ": " + answer);
    }
  }
}
