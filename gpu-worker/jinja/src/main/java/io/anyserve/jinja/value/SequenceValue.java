package io.anyserve.jinja.value;

import java.util.List;

/** Values in order; the kinds differ in how Python prints and tests them. */
public record SequenceValue(List<Value> values, Kind kind) implements Value {

  public enum Kind {
    LIST("list"),
    TUPLE("tuple"),
    /** What {@code keys()}, {@code values()} and {@code items()} give. */
    VIEW("dict view"),
    /** What {@code map} and {@code select} give: true even when empty, without a length. */
    GENERATOR("generator");

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    String type() {
      return type;
    }

    public boolean sequence() {
      return this == LIST || this == TUPLE;
    }
  }

  public static SequenceValue list(List<Value> values) {
    return new SequenceValue(values, Kind.LIST);
  }

  public static SequenceValue tuple(Value... values) {
    return new SequenceValue(List.of(values), Kind.TUPLE);
  }

  public static SequenceValue generator(List<Value> values) {
    return new SequenceValue(values, Kind.GENERATOR);
  }
}
