package io.anyserve.worker.chat;

import java.util.List;

/** Values in order; the kinds differ in how Python prints and tests them. */
record Items(List<Value> values, Kind kind) implements Value {

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

  static Items list(List<Value> values) {
    return new Items(values, Kind.LIST);
  }

  static Items tuple(Value... values) {
    return new Items(List.of(values), Kind.TUPLE);
  }

  static Items generator(List<Value> values) {
    return new Items(values, Kind.GENERATOR);
  }
}
