package io.anyserve.jinja;

import io.anyserve.jinja.builtin.Attributes;
import io.anyserve.jinja.builtin.Filters;
import io.anyserve.jinja.builtin.JinjaTests;
import io.anyserve.jinja.builtin.Operators;
import io.anyserve.jinja.builtin.PythonRepr;
import io.anyserve.jinja.builtin.Slices;
import io.anyserve.jinja.syntax.Expr;
import io.anyserve.jinja.value.Arguments;
import io.anyserve.jinja.value.Comparisons;
import io.anyserve.jinja.value.Dict;
import io.anyserve.jinja.value.Function;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.Undefined;
import io.anyserve.jinja.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the value of an expression. */
final class Evaluator {

  private final RenderBudget budget;
  private final Comparisons comparisons;
  private final Operators operators;
  private final Attributes attributes;
  private final Filters filters;
  private final JinjaTests tests;
  private final Slices slices;

  Evaluator(RenderBudget budget, PythonRepr printer, Comparisons comparisons) {
    this.budget = budget;
    this.comparisons = comparisons;
    this.operators = new Operators(budget, printer);
    this.attributes = new Attributes(budget, comparisons);
    this.filters = new Filters(budget, printer, comparisons, attributes);
    this.tests = new JinjaTests(budget, comparisons, printer);
    this.slices = new Slices(budget);
  }

  Value evaluate(Expr expr, Scope scope) {
    budget.enter();
    try {
      return value(expr, scope);
    } catch (TemplateException e) {
      throw e.at(expr.line(), expr.construct());
    } finally {
      budget.leave();
    }
  }

  Value filtered(Value input, List<Expr.Filter> chain, Scope scope) {
    Value value = input;
    for (Expr.Filter filter : chain) {
      value = filtered(value, filter, scope);
    }
    return value;
  }

  private Value value(Expr expr, Scope scope) {
    return switch (expr) {
      case Expr.Literal literal -> literal.value();
      case Expr.Name name -> scope.get(name.name());
      case Expr.Sequence sequence ->
          new SequenceValue(evaluateAll(sequence.elements(), scope), sequence.kind());
      case Expr.Mapping mapping -> mapping(mapping, scope);
      case Expr.Attribute attribute ->
          attributes.attribute(evaluate(attribute.owner(), scope), attribute.name());
      case Expr.Subscript subscript ->
          attributes.item(evaluate(subscript.owner(), scope), evaluate(subscript.key(), scope));
      case Expr.Slice slice -> slice(slice, scope);
      case Expr.Call call -> call(call, scope);
      case Expr.Filtered filtered ->
          filtered(evaluate(filtered.input(), scope), filtered.filter(), scope);
      case Expr.Tested tested -> tested(tested, scope);
      case Expr.Unary unary -> operators.unary(unary.operator(), evaluate(unary.operand(), scope));
      case Expr.Binary binary ->
          operators.binary(
              binary.operator(), evaluate(binary.left(), scope), evaluate(binary.right(), scope));
      case Expr.Comparison comparison -> comparison(comparison, scope);
      case Expr.Logic logic -> logic(logic, scope);
      case Expr.Choice choice -> choice(choice, scope);
    };
  }

  private List<Value> evaluateAll(List<Expr> exprs, Scope scope) {
    List<Value> values = new ArrayList<>(exprs.size());
    for (Expr expr : exprs) {
      values.add(evaluate(expr, scope));
    }
    return values;
  }

  private Dict mapping(Expr.Mapping mapping, Scope scope) {
    Dict dict = Dict.empty();
    for (Expr.Entry entry : mapping.entries()) {
      dict.put(evaluate(entry.key(), scope), evaluate(entry.value(), scope));
    }
    return dict;
  }

  private Value slice(Expr.Slice slice, Scope scope) {
    return slices.cut(
        evaluate(slice.owner(), scope),
        bound(slice.from(), scope),
        bound(slice.to(), scope),
        bound(slice.step(), scope));
  }

  private Value bound(@Nullable Expr bound, Scope scope) {
    return bound == null ? Value.None.NONE : evaluate(bound, scope);
  }

  private Value call(Expr.Call call, Scope scope) {
    Value target = evaluate(call.function(), scope);
    return switch (target) {
      case Function function -> function.call(arguments(call.actuals(), scope));
      case Undefined undefined -> throw undefined.failure();
      case Value other ->
          throw TemplateException.evaluation("'" + other.type() + "' object is not callable");
    };
  }

  private Arguments arguments(Expr.Actuals actuals, Scope scope) {
    Map<String, Value> named = new LinkedHashMap<>();
    List<Value> positional = evaluateAll(actuals.positional(), scope);
    for (Expr.Named argument : actuals.named()) {
      named.put(argument.name(), evaluate(argument.value(), scope));
    }
    return new Arguments(positional, named);
  }

  private Value filtered(Value input, Expr.Filter filter, Scope scope) {
    return filters.apply(filter.name(), input, arguments(filter.actuals(), scope));
  }

  private Value tested(Expr.Tested tested, Scope scope) {
    Value input = evaluate(tested.input(), scope);
    boolean holds = tests.holds(tested.name(), input, arguments(tested.actuals(), scope));
    return Value.of(holds != tested.negated());
  }

  private Value comparison(Expr.Comparison comparison, Scope scope) {
    Value left = evaluate(comparison.first(), scope);
    for (Expr.Link link : comparison.links()) {
      Value right = evaluate(link.operand(), scope);
      if (!comparisons.holds(link.operator(), left, right)) {
        return Value.Bool.FALSE;
      }
      left = right;
    }
    return Value.Bool.TRUE;
  }

  private Value logic(Expr.Logic logic, Scope scope) {
    Value left = evaluate(logic.left(), scope);
    return left.truth() == logic.and() ? evaluate(logic.right(), scope) : left;
  }

  private Value choice(Expr.Choice choice, Scope scope) {
    if (evaluate(choice.condition(), scope).truth()) {
      return evaluate(choice.then(), scope);
    }
    return choice.otherwise() == null
        ? new Undefined(
            "the inline if-expression on line %d evaluated to false and no else section was defined."
                .formatted(choice.line()))
        : evaluate(choice.otherwise(), scope);
  }
}
