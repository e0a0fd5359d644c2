package io.anyserve.jinja;

import io.anyserve.jinja.builtin.Iteration;
import io.anyserve.jinja.builtin.PythonRepr;
import io.anyserve.jinja.syntax.Stmt;
import io.anyserve.jinja.syntax.Stmt.Target;
import io.anyserve.jinja.value.BoundArguments;
import io.anyserve.jinja.value.Comparisons;
import io.anyserve.jinja.value.Function;
import io.anyserve.jinja.value.Loop;
import io.anyserve.jinja.value.Namespace;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TextBuilder;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Undefined;
import io.anyserve.jinja.value.Value;
import java.util.ArrayList;
import java.util.List;

/** Runs the statements of a template; lives for one rendering. */
final class Renderer {

  /** How a statement ends. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private final RenderBudget budget;
  private final PythonRepr printer;
  private final Comparisons comparisons;
  private final Evaluator evaluator;

  Renderer(RenderBudget budget, PythonRepr printer) {
    this.budget = budget;
    this.printer = printer;
    this.comparisons = new Comparisons(budget);
    this.evaluator = new Evaluator(budget, printer, comparisons);
  }

  TrackedText render(List<Stmt> statements, Scope scope) {
    TextBuilder out = new TextBuilder(budget);
    run(statements, scope, out);
    return out.text();
  }

  private Flow run(List<Stmt> statements, Scope scope, TextBuilder out) {
    for (Stmt statement : statements) {
      Flow flow = run(statement, scope, out);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  private Flow run(Stmt statement, Scope scope, TextBuilder out) {
    budget.enter();
    try {
      return flow(statement, scope, out);
    } catch (TemplateException e) {
      throw e.at(statement.line(), statement.construct());
    } finally {
      budget.leave();
    }
  }

  private Flow flow(Stmt statement, Scope scope, TextBuilder out) {
    switch (statement) {
      case Stmt.Data data -> out.append(data.text());
      case Stmt.Output output -> out.append(printer.str(evaluator.evaluate(output.value(), scope)));
      case Stmt.Assign assign ->
          assign(assign.target(), evaluator.evaluate(assign.value(), scope), scope);
      case Stmt.Capture capture -> capture(capture, scope);
      case Stmt.FilterBlock block -> filter(block, scope, out);
      case Stmt.Macro macro -> scope.set(macro.name(), function(macro, scope));
      case Stmt.If conditional -> {
        return branch(conditional, scope, out);
      }
      case Stmt.For loop -> {
        return loop(loop, scope, out);
      }
      case Stmt.Scoped scoped -> {
        return scoped(scoped, scope, out);
      }
      case Stmt.Break _ -> {
        return Flow.BREAK;
      }
      case Stmt.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  private Flow branch(Stmt.If conditional, Scope scope, TextBuilder out) {
    for (Stmt.Branch branch : conditional.branches()) {
      if (evaluator.evaluate(branch.condition(), scope).truth()) {
        return run(branch.body(), scope, out);
      }
    }
    return run(conditional.otherwise(), scope, out);
  }

  private Flow loop(Stmt.For loop, Scope scope, TextBuilder out) {
    List<Value> items = items(loop, scope);
    if (items.isEmpty()) {
      return run(loop.otherwise(), scope.inner(), out);
    }
    Loop state = new Loop(items, comparisons);
    for (Value item : items) {
      state.next();
      Scope round = scope.inner();
      round.set("loop", state);
      assign(loop.target(), item, round);
      if (run(loop.body(), round, out) == Flow.BREAK) {
        return Flow.NEXT;
      }
    }
    return Flow.NEXT;
  }

  private List<Value> items(Stmt.For loop, Scope scope) {
    List<Value> all = Iteration.over(evaluator.evaluate(loop.items(), scope), budget);
    if (loop.condition() == null) {
      return all;
    }
    List<Value> wanted = new ArrayList<>();
    for (Value item : all) {
      Scope inner = scope.inner();
      assign(loop.target(), item, inner);
      if (evaluator.evaluate(loop.condition(), inner).truth()) {
        wanted.add(item);
      }
    }
    return wanted;
  }

  private Flow scoped(Stmt.Scoped scoped, Scope scope, TextBuilder out) {
    Scope inner = scope.inner();
    for (Stmt.Binding binding : scoped.bindings()) {
      assign(binding.target(), evaluator.evaluate(binding.value(), scope), inner);
    }
    return run(scoped.body(), inner, out);
  }

  private void capture(Stmt.Capture capture, Scope scope) {
    TrackedText body = render(capture.body(), scope.inner());
    assign(capture.target(), evaluator.filtered(body, capture.filters(), scope), scope);
  }

  private void filter(Stmt.FilterBlock block, Scope scope, TextBuilder out) {
    TrackedText body = render(block.body(), scope.inner());
    out.append(printer.str(evaluator.filtered(body, block.filters(), scope)));
  }

  private Function function(Stmt.Macro macro, Scope home) {
    String name = "macro '" + macro.name() + "'";
    String[] names = macro.parameters().stream().map(Stmt.Parameter::name).toArray(String[]::new);
    return arguments -> {
      BoundArguments bound = arguments.bind(name, names);
      Scope scope = home.inner();
      for (Stmt.Parameter parameter : macro.parameters()) {
        scope.set(parameter.name(), actual(parameter, bound, scope));
      }
      return render(macro.body(), scope);
    };
  }

  private Value actual(Stmt.Parameter parameter, BoundArguments bound, Scope scope) {
    if (bound.has(parameter.name())) {
      return bound.required(parameter.name());
    }
    return parameter.otherwise() == null
        ? new Undefined("parameter '" + parameter.name() + "' was not provided")
        : evaluator.evaluate(parameter.otherwise(), scope);
  }

  private void assign(Target target, Value value, Scope scope) {
    switch (target) {
      case Target.Variable variable -> scope.set(variable.name(), value);
      case Target.Unpacked unpacked -> unpack(unpacked.targets(), value, scope);
      case Target.NamespaceField field -> {
        if (!(scope.get(field.namespace()) instanceof Namespace namespace)) {
          throw TemplateException.evaluation("cannot assign attribute on non-namespace object");
        }
        namespace.set(field.name(), value);
      }
    }
  }

  private void unpack(List<Target> targets, Value value, Scope scope) {
    if (!Iteration.possible(value)) {
      throw TemplateException.evaluation("cannot unpack non-iterable " + value.type() + " object");
    }
    List<Value> values = Iteration.over(value, budget);
    if (values.size() > targets.size()) {
      throw TemplateException.evaluation(
          "too many values to unpack (expected %d)".formatted(targets.size()));
    }
    if (values.size() < targets.size()) {
      throw TemplateException.evaluation(
          "not enough values to unpack (expected %d, got %d)"
              .formatted(targets.size(), values.size()));
    }
    for (int i = 0; i < values.size(); i++) {
      assign(targets.get(i), values.get(i), scope);
    }
  }
}
