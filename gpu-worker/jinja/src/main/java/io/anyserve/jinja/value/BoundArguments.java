package io.anyserve.jinja.value;

import java.util.Map;

/** Arguments by the names of the parameters, read with the type that the function needs. */
public record BoundArguments(String function, Map<String, Value> values) {

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public Value or(String name, Value otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  public Value required(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw TemplateException.evaluation(
          "%s: no argument (expected: %s)".formatted(function, name));
    }
    return value;
  }

  public TrackedText text(String name) {
    return switch (required(name)) {
      case TrackedText text -> text;
      case Undefined undefined -> throw undefined.failure();
      case Value other -> throw mismatch(name, other, "str");
    };
  }

  public boolean flag(String name, boolean otherwise) {
    return or(name, Value.of(otherwise)).truth();
  }

  /** Clamped to what Java can index. */
  public int integer(String name, int otherwise) {
    return switch (or(name, new Value.Int(otherwise))) {
      case Value.Int(long value) -> Math.clamp(value, -Integer.MAX_VALUE, Integer.MAX_VALUE);
      case Value.Bool(boolean value) -> value ? 1 : 0;
      case Undefined undefined -> throw undefined.failure();
      case Value other -> throw mismatch(name, other, "int");
    };
  }

  private TemplateException mismatch(String name, Value value, String expected) {
    return TemplateException.evaluation(
        "%s: %s is %s (expected: %s)".formatted(function, name, value.type(), expected));
  }
}
