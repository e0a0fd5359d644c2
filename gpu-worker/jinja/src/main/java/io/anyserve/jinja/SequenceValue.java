package io.anyserve.jinja;

import java.util.List;

/** Values in order; the kinds differ in how Python prints and tests them. */
record SequenceValue(List<Value> values, Kind kind) implements Value {

  enum Kind {
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

    boolean sequence() {
      return this == LIST || this == TUPLE;
    }
  }

  static SequenceValue list(List<Value> values) {
    return new SequenceValue(values, Kind.LIST);
  }

  static SequenceValue tuple(Value... values) {
    return new SequenceValue(List.of(values), Kind.TUPLE);
  }

  static SequenceValue generator(List<Value> values) {
    return new SequenceValue(values, Kind.GENERATOR);
  }
}
