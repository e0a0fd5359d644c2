package io.anyserve.jinja.value;

/** What a template computes with: Python's values, as far as chat templates use them. */
public sealed interface Value
    permits Value.None,
        Value.Bool,
        Value.Int,
        Value.Real,
        TrackedText,
        SequenceValue,
        Dict,
        Namespace,
        Loop,
        Function,
        Undefined {

  record None() implements Value {
    public static final None NONE = new None();
  }

  record Bool(boolean value) implements Value {
    public static final Bool TRUE = new Bool(true);
    public static final Bool FALSE = new Bool(false);
  }

  record Int(long value) implements Value {}

  record Real(double value) implements Value {}

  static Bool of(boolean value) {
    return value ? Bool.TRUE : Bool.FALSE;
  }

  /** Python's truth: empty and zero are false. */
  default boolean truth() {
    return switch (this) {
      case None _, Undefined _ -> false;
      case Bool(boolean value) -> value;
      case Int(long value) -> value != 0;
      case Real(double value) -> value != 0;
      case TrackedText text -> !text.value().isEmpty();
      case SequenceValue items ->
          items.kind() == SequenceValue.Kind.GENERATOR || !items.values().isEmpty();
      case Dict dict -> !dict.entries().isEmpty();
      case Namespace _, Loop _, Function _ -> true;
    };
  }

  /** The name of the Python type, as its messages spell it. */
  default String type() {
    return switch (this) {
      case None _ -> "NoneType";
      case Bool _ -> "bool";
      case Int _ -> "int";
      case Real _ -> "float";
      case TrackedText _ -> "str";
      case SequenceValue items -> items.kind().type();
      case Dict _ -> "dict";
      case Namespace _ -> "Namespace";
      case Loop _ -> "LoopContext";
      case Function _ -> "function";
      case Undefined _ -> "Undefined";
    };
  }
}
