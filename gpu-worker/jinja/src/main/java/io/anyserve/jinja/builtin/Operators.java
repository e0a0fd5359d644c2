package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.PythonArithmetic;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TextBuilder;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Undefined;
import io.anyserve.jinja.value.Value;
import java.util.ArrayList;
import java.util.List;

/** The operators of expressions that compute a new value. */
public final class Operators {

  private final RenderBudget budget;
  private final PythonRepr printer;

  public Operators(RenderBudget budget, PythonRepr printer) {
    this.budget = budget;
    this.printer = printer;
  }

  public Value unary(String operator, Value operand) {
    if (operator.equals("not")) {
      return Value.of(!operand.truth());
    }
    if (operand instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!PythonArithmetic.is(operand)) {
      throw TemplateException.evaluation(
          "bad operand type for unary %s: '%s'".formatted(operator, operand.type()));
    }
    return operator.equals("-")
        ? PythonArithmetic.negate(operand)
        : PythonArithmetic.compute("+", new Value.Int(0), operand);
  }

  public Value binary(String operator, Value left, Value right) {
    if (operator.equals("~")) {
      return TextBuilder.concatenation(budget, printer.str(left), printer.str(right));
    }
    if (left instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (right instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (PythonArithmetic.is(left) && PythonArithmetic.is(right)) {
      return PythonArithmetic.compute(operator, left, right);
    }
    return switch (operator) {
      case "+" -> sum(left, right);
      case "*" -> repetition(left, right);
      default -> throw unsupported(operator, left, right);
    };
  }

  private Value sum(Value left, Value right) {
    if (left instanceof TrackedText first && right instanceof TrackedText second) {
      return TextBuilder.concatenation(budget, first, second);
    }
    if (left instanceof SequenceValue first
        && right instanceof SequenceValue second
        && first.kind().sequence()
        && first.kind() == second.kind()) {
      budget.steps((long) first.values().size() + second.values().size());
      List<Value> joined = new ArrayList<>(first.values());
      joined.addAll(second.values());
      return new SequenceValue(joined, first.kind());
    }
    if (left instanceof TrackedText
        || (left instanceof SequenceValue items && items.kind().sequence())) {
      throw TemplateException.evaluation(
          "can only concatenate %s (not \"%s\") to %1$s".formatted(left.type(), right.type()));
    }
    throw unsupported("+", left, right);
  }

  private Value repetition(Value left, Value right) {
    if (PythonArithmetic.is(left) && !PythonArithmetic.is(right)) {
      return repetition(right, left);
    }
    return switch (left) {
      case TrackedText text -> new TextBuilder(budget).repeat(text, count(right)).text();
      case SequenceValue items when items.kind().sequence() ->
          new SequenceValue(repeated(items.values(), count(right)), items.kind());
      case Value _ -> throw unsupported("*", left, right);
    };
  }

  private static long count(Value value) {
    if (value instanceof Value.Real || !PythonArithmetic.is(value)) {
      throw TemplateException.evaluation(
          "can't multiply sequence by non-int of type '" + value.type() + "'");
    }
    return PythonArithmetic.integer(value);
  }

  private List<Value> repeated(List<Value> values, long count) {
    List<Value> repeated = new ArrayList<>();
    for (long i = 0; i < count && !values.isEmpty(); i++) {
      budget.steps(values.size());
      repeated.addAll(values);
    }
    return repeated;
  }

  private static TemplateException unsupported(String operator, Value left, Value right) {
    return TemplateException.evaluation(
        "unsupported operand type(s) for %s: '%s' and '%s'"
            .formatted(
                operator.equals("**") ? "** or pow()" : operator, left.type(), right.type()));
  }
}
