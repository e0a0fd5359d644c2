package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.Arguments;
import io.anyserve.jinja.value.Comparisons;
import io.anyserve.jinja.value.Dict;
import io.anyserve.jinja.value.Function;
import io.anyserve.jinja.value.Loop;
import io.anyserve.jinja.value.Namespace;
import io.anyserve.jinja.value.PythonArithmetic;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Undefined;
import io.anyserve.jinja.value.Value;

/** What {@code value is name} asks. */
public final class JinjaTests {

  private final Comparisons comparisons;
  private final PythonRepr printer;
  private final TextMethods textMethods;

  public JinjaTests(RenderBudget budget, Comparisons comparisons, PythonRepr printer) {
    this.comparisons = comparisons;
    this.printer = printer;
    this.textMethods = new TextMethods(budget);
  }

  public boolean holds(String name, Value value, Arguments arguments) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value instanceof Value.None;
      case "boolean" -> value instanceof Value.Bool;
      case "true" -> value.equals(Value.Bool.TRUE);
      case "false" -> value.equals(Value.Bool.FALSE);
      case "string" -> value instanceof TrackedText;
      case "mapping" -> value instanceof Dict;
      case "integer" -> value instanceof Value.Int;
      case "float" -> value instanceof Value.Real;
      case "number" -> PythonArithmetic.is(value);
      case "iterable" -> Iteration.possible(value);
      case "sequence" -> sequence(value);
      case "callable" -> value instanceof Function || value instanceof Undefined;
      case "odd" -> remainder(value, new Value.Int(2)) == 1;
      case "even" -> remainder(value, new Value.Int(2)) == 0;
      case "divisibleby" -> remainder(value, operand(name, arguments)) == 0;
      case "lower" -> textMethods.call(printer.str(value), "islower", Arguments.NONE).truth();
      case "upper" -> textMethods.call(printer.str(value), "isupper", Arguments.NONE).truth();
      case "sameas" -> same(value, operand(name, arguments));
      default -> comparisons.holds(operator(name), value, operand(name, arguments));
    };
  }

  private static String operator(String name) {
    return switch (name) {
      case "eq", "equalto", "==" -> "==";
      case "ne", "!=" -> "!=";
      case "lt", "lessthan", "<" -> "<";
      case "le", "<=" -> "<=";
      case "gt", "greaterthan", ">" -> ">";
      case "ge", ">=" -> ">=";
      case "in" -> "in";
      default -> throw TemplateException.evaluation("No test named '" + name + "'.");
    };
  }

  private static Value operand(String name, Arguments arguments) {
    return arguments.bind(name, "other").required("other");
  }

  private static boolean sequence(Value value) {
    return switch (value) {
      case TrackedText _, Dict _, Undefined _ -> true;
      case SequenceValue items -> items.kind().sequence();
      case Value.None _, Value.Bool _, Value.Int _, Value.Real _, Namespace _, Loop _, Function _ ->
          false;
    };
  }

  private static double remainder(Value value, Value divisor) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    return PythonArithmetic.real(PythonArithmetic.compute("%", value, divisor));
  }

  private boolean same(Value value, Value other) {
    return value.getClass() == other.getClass() && comparisons.equal(value, other);
  }
}
