package io.anyserve.jinja.syntax;

import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression of a template, with the line it begins on. */
public sealed interface Expr {

  int line();

  /** What messages call this construct, empty where the message says it all. */
  default String construct() {
    return switch (this) {
      case Filtered filtered -> "filter '" + filtered.filter().name() + "'";
      case Tested tested -> "test '" + tested.name() + "'";
      case Call(_, Name name, _) -> "call of '" + name.name() + "'";
      case Call(_, Attribute attribute, _) -> "call of '" + attribute.name() + "'";
      case Call _ -> "call";
      case Literal _,
          Name _,
          Sequence _,
          Mapping _,
          Attribute _,
          Subscript _,
          Slice _,
          Unary _,
          Binary _,
          Comparison _,
          Logic _,
          Choice _ ->
          "";
    };
  }

  record Literal(int line, Value value) implements Expr {}

  record Name(int line, String name) implements Expr {}

  record Sequence(int line, List<Expr> elements, SequenceValue.Kind kind) implements Expr {}

  record Mapping(int line, List<Entry> entries) implements Expr {}

  record Attribute(int line, Expr owner, String name) implements Expr {}

  record Subscript(int line, Expr owner, Expr key) implements Expr {}

  record Slice(int line, Expr owner, @Nullable Expr from, @Nullable Expr to, @Nullable Expr step)
      implements Expr {}

  record Call(int line, Expr function, Actuals actuals) implements Expr {}

  record Filtered(int line, Expr input, Filter filter) implements Expr {}

  record Tested(int line, Expr input, String name, Actuals actuals, boolean negated)
      implements Expr {}

  record Unary(int line, String operator, Expr operand) implements Expr {}

  record Binary(int line, String operator, Expr left, Expr right) implements Expr {}

  /** A chain: {@code a < b <= c} compares each neighbour once. */
  record Comparison(int line, Expr first, List<Link> links) implements Expr {}

  record Logic(int line, boolean and, Expr left, Expr right) implements Expr {}

  record Choice(int line, Expr condition, Expr then, @Nullable Expr otherwise) implements Expr {}

  record Entry(Expr key, Expr value) {}

  record Link(String operator, Expr operand) {}

  record Actuals(List<Expr> positional, List<Named> named) {
    static final Actuals NONE = new Actuals(List.of(), List.of());
  }

  record Named(String name, Expr value) {}

  record Filter(int line, String name, Actuals actuals) {}
}
