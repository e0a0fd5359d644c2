package io.anyserve.worker.answer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code {"name": .., "arguments": {..}}}, in which the keys may come in any order and {@code
 * parameters} stands for the same. The call begins when its tool is known and its arguments begin;
 * arguments may be missing, null, or an object in a string.
 */
final class JsonCallReader implements CallReader {

  private enum State {
    BEFORE,
    KEY,
    IN_KEY,
    COLON,
    VALUE,
    IN_NAME,
    IN_ARGUMENTS,
    IN_OTHER,
    AFTER_VALUE
  }

  private static final String SPACES = " \t\r\n";
  private static final String NAME = "\"name\"";
  private static final List<String> FIRST_KEYS = List.of("name", "type", "function", "id");

  private final CallOutput output;
  private final boolean bare;
  private final StringBuilder buffer = new StringBuilder();
  private JsonSpan span = new JsonSpan();
  private State state = State.BEFORE;
  private boolean first = true;
  private String key = "";
  private @Nullable String name;
  private @Nullable String arguments;
  private boolean streaming;

  /**
   * @param bare nothing but its keys tells the object apart from an answer in JSON
   */
  JsonCallReader(CallOutput output, boolean bare) {
    this.output = output;
    this.bare = bare;
  }

  @Override
  public Verdict special(String mark) {
    return Verdict.REFUSED;
  }

  @Override
  public Verdict push(char next) {
    return switch (state) {
      case BEFORE -> isSpace(next) ? Verdict.TAKEN : expect(next, '{', State.KEY);
      case KEY -> key(next);
      case IN_KEY, IN_NAME -> string(next);
      case COLON -> isSpace(next) ? Verdict.TAKEN : expect(next, ':', State.VALUE);
      case VALUE -> isSpace(next) ? Verdict.TAKEN : value(next);
      case IN_ARGUMENTS -> arguments(next);
      case IN_OTHER -> other(next);
      case AFTER_VALUE -> afterValue(next);
    };
  }

  private Verdict expect(char next, char expected, State then) {
    if (next != expected) {
      return Verdict.REFUSED;
    }
    state = then;
    return Verdict.TAKEN;
  }

  private Verdict key(char next) {
    if (isSpace(next)) {
      return Verdict.TAKEN;
    }
    begin(State.IN_KEY);
    return next == '"' ? string(next) : Verdict.REFUSED;
  }

  private void begin(State then) {
    span = new JsonSpan();
    buffer.setLength(0);
    state = then;
  }

  private Verdict string(char next) {
    buffer.append(next);
    if (span.push(next) != JsonSpan.Place.END) {
      return Verdict.TAKEN;
    }
    JsonNode read = read(buffer.toString());
    if (read == null || !read.isString()) {
      return Verdict.REFUSED;
    }
    return state == State.IN_KEY ? keyed(read.asString()) : named(read.asString());
  }

  private Verdict keyed(String read) {
    if (bare && first && !mayBegin(read)) {
      return Verdict.REFUSED;
    }
    first = false;
    key = read;
    state = State.COLON;
    return Verdict.TAKEN;
  }

  /** A grammar knows a bare call by its name alone, written plainly. */
  private boolean mayBegin(String read) {
    return output.constrained() ? NAME.contentEquals(buffer) : FIRST_KEYS.contains(read);
  }

  private Verdict named(String read) {
    if (output.tool(read).isEmpty()) {
      return Verdict.REFUSED;
    }
    name = read;
    state = State.AFTER_VALUE;
    if (arguments != null) {
      call(read, arguments);
    }
    return Verdict.TAKEN;
  }

  private Verdict value(char next) {
    if (key.equals("name") && name == null) {
      begin(State.IN_NAME);
      return next == '"' ? string(next) : Verdict.REFUSED;
    }
    if ((key.equals("arguments") || key.equals("parameters")) && !streaming && arguments == null) {
      begin(State.IN_ARGUMENTS);
      if (next == '{' && name != null) {
        streaming = true;
        output.begin(name);
      }
      return arguments(next);
    }
    begin(State.IN_OTHER);
    return other(next);
  }

  private Verdict arguments(char next) {
    JsonSpan.Place place = span.push(next);
    switch (place) {
      case INSIDE, END -> take(next);
      case BEHIND -> {}
      case NOWHERE -> {
        return Verdict.REFUSED;
      }
    }
    if (place == JsonSpan.Place.INSIDE) {
      return Verdict.TAKEN;
    }
    state = State.AFTER_VALUE;
    if (!argumentsEnded()) {
      return Verdict.REFUSED;
    }
    return place == JsonSpan.Place.BEHIND ? afterValue(next) : Verdict.TAKEN;
  }

  private void take(char next) {
    if (streaming) {
      output.arguments(next);
    } else {
      buffer.append(next);
    }
  }

  /** False where they are no object. */
  private boolean argumentsEnded() {
    if (streaming) {
      output.complete();
      return true;
    }
    String object = object(buffer.toString());
    if (object != null && name != null) {
      call(name, object);
    }
    arguments = object;
    return object != null;
  }

  private void call(String tool, String whole) {
    streaming = true;
    output.begin(tool);
    output.arguments(whole);
    output.complete();
  }

  private Verdict other(char next) {
    return switch (span.push(next)) {
      case INSIDE -> Verdict.TAKEN;
      case END -> {
        state = State.AFTER_VALUE;
        yield Verdict.TAKEN;
      }
      case BEHIND -> {
        state = State.AFTER_VALUE;
        yield afterValue(next);
      }
      case NOWHERE -> Verdict.REFUSED;
    };
  }

  private Verdict afterValue(char next) {
    if (isSpace(next)) {
      return Verdict.TAKEN;
    }
    if (next == ',') {
      state = State.KEY;
      return Verdict.TAKEN;
    }
    if (next != '}' || name == null) {
      return Verdict.REFUSED;
    }
    if (!streaming) {
      call(name, "{}");
    }
    return Verdict.LAST;
  }

  /** The text of the object that a value is, or has in a string; null where there is none. */
  private static @Nullable String object(String value) {
    JsonNode read = read(value);
    if (read == null) {
      return null;
    }
    if (read.isNull()) {
      return "{}";
    }
    if (read.isObject()) {
      return value;
    }
    JsonNode inner = read.isString() ? read(read.asString()) : null;
    return inner != null && inner.isObject() ? read.asString() : null;
  }

  private static @Nullable JsonNode read(String json) {
    try {
      return JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      return null;
    }
  }

  static boolean isSpace(char c) {
    return SPACES.indexOf(c) >= 0;
  }
}
