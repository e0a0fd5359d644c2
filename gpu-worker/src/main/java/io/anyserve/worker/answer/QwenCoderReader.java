package io.anyserve.worker.answer;

import io.anyserve.contracts.tool.ToolDefinition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the calls of Qwen3-Coder and makes JSON of their parameters: a value is a string where the
 * tool's schema says so or does not say what it is, else JSON as it is written.
 */
final class QwenCoderReader implements CallReader {

  private enum State {
    BEFORE_FUNCTION,
    NAME,
    BETWEEN,
    KEY,
    VALUE
  }

  static final int LONGEST_KEY = 256;
  private static final List<String> FUNCTION = List.of(Marks.FUNCTION);
  private static final List<String> BETWEEN = List.of(Marks.PARAMETER, Marks.FUNCTION_END);
  private static final List<String> ENDS =
      List.of(Marks.PARAMETER_END, Marks.PARAMETER, Marks.FUNCTION_END);

  private final CallOutput output;
  private final MarkMatcher matcher = new MarkMatcher();
  private final StringBuilder word = new StringBuilder();
  private State state;
  private JsonNode properties = JsonMapper.shared().createObjectNode();
  private int parameters;
  private String key = "";
  private boolean constrained;
  private boolean text;

  /** Of a value in JSON that a grammar wrote: marks in it are no marks. */
  private @Nullable JsonSpan span;

  private boolean valueBegun;
  private boolean newline;
  private boolean foreign;

  /**
   * @param within the function's mark has come
   */
  QwenCoderReader(CallOutput output, boolean within) {
    this.output = output;
    this.state = within ? State.NAME : State.BEFORE_FUNCTION;
  }

  @Override
  public Verdict special(String mark) {
    return Verdict.REFUSED;
  }

  @Override
  public Verdict push(char next) {
    return switch (state) {
      case BEFORE_FUNCTION -> expect(next, FUNCTION);
      case NAME -> name(next);
      case BETWEEN -> expect(next, BETWEEN);
      case KEY -> key(next);
      case VALUE -> value(next);
    };
  }

  /** One of the marks, behind spaces. */
  private Verdict expect(char next, List<String> marks) {
    foreign = false;
    String mark = matcher.push(next, marks, c -> foreign |= !JsonCallReader.isSpace(c));
    if (mark != null) {
      return marked(mark);
    }
    return foreign ? Verdict.REFUSED : Verdict.TAKEN;
  }

  private Verdict marked(String mark) {
    word.setLength(0);
    switch (mark) {
      case Marks.FUNCTION -> state = State.NAME;
      case Marks.PARAMETER -> state = State.KEY;
      case Marks.FUNCTION_END -> {
        output.arguments("}");
        output.complete();
        return Verdict.LAST;
      }
      default -> state = State.BETWEEN;
    }
    return Verdict.TAKEN;
  }

  private Verdict name(char next) {
    if (next != '>') {
      word.append(next);
      return word.length() <= LONGEST_KEY ? Verdict.TAKEN : Verdict.REFUSED;
    }
    Optional<ToolDefinition> tool = output.tool(word.toString());
    if (tool.isEmpty()) {
      return Verdict.REFUSED;
    }
    properties = properties(tool.get());
    constrained = output.constrained(tool.get());
    output.begin(word.toString());
    output.arguments("{");
    state = State.BETWEEN;
    return Verdict.TAKEN;
  }

  private static JsonNode properties(ToolDefinition tool) {
    String schema = tool.parameters().isEmpty() ? "{}" : tool.parameters();
    return JsonMapper.shared().readTree(schema).path("properties");
  }

  private Verdict key(char next) {
    if (next != '>') {
      word.append(next);
      return word.length() <= LONGEST_KEY ? Verdict.TAKEN : Verdict.REFUSED;
    }
    key = word.toString();
    word.setLength(0);
    text = isText(properties.path(key));
    span = text || !constrained ? null : new JsonSpan();
    valueBegun = false;
    newline = false;
    state = State.VALUE;
    output.arguments(parameters++ == 0 ? "" : ", ");
    output.arguments(JsonMapper.shared().writeValueAsString(key) + ": " + (text ? "\"" : ""));
    return Verdict.TAKEN;
  }

  private boolean isText(JsonNode property) {
    if (constrained) {
      return QwenParameter.plain(property);
    }
    return property.isMissingNode() || property.path("type").asString("").equals("string");
  }

  private Verdict value(char next) {
    if (span != null && isIn(span, next)) {
      return Verdict.TAKEN;
    }
    String mark = matcher.push(next, ENDS, this::valuePart);
    if (mark == null) {
      return Verdict.TAKEN;
    }
    output.arguments(text ? "\"" : typed(word.toString()));
    return marked(mark);
  }

  private boolean isIn(JsonSpan json, char next) {
    if (!valueBegun) {
      valueBegun = true;
      if (next == '\n') {
        return true;
      }
    }
    JsonSpan.Place place = json.push(next);
    boolean inside = place == JsonSpan.Place.INSIDE;
    boolean last = place == JsonSpan.Place.END;
    if (inside || last) {
      word.append(next);
    }
    span = inside ? json : null;
    return inside || last;
  }

  /** One line end at the beginning and one at the end belong to the marks. */
  private void valuePart(char next) {
    if (!valueBegun) {
      valueBegun = true;
      if (next == '\n') {
        return;
      }
    }
    if (newline) {
      put('\n');
    }
    newline = next == '\n';
    if (!newline) {
      put(next);
    }
  }

  private void put(char next) {
    if (!text) {
      word.append(next);
    } else if (Character.isSurrogate(next)) {
      output.arguments(next);
    } else {
      String quoted = JsonMapper.shared().writeValueAsString(String.valueOf(next));
      output.arguments(quoted.substring(1, quoted.length() - 1));
    }
  }

  private static String typed(String value) {
    String trimmed = value.strip();
    String json =
        switch (trimmed) {
          case "True" -> "true";
          case "False" -> "false";
          case "None" -> "null";
          default -> trimmed;
        };
    return isJson(json) ? json : JsonMapper.shared().writeValueAsString(value);
  }

  private static boolean isJson(String value) {
    @Nullable JsonNode read;
    try {
      read = JsonMapper.shared().readTree(value);
    } catch (JacksonException e) {
      return false;
    }
    return read != null && !read.isMissingNode();
  }
}
