package io.anyserve.jinja;

import io.anyserve.jinja.builtin.PythonRepr;
import io.anyserve.jinja.builtin.TimeFormat;
import io.anyserve.jinja.value.Arguments;
import io.anyserve.jinja.value.BoundArguments;
import io.anyserve.jinja.value.Dict;
import io.anyserve.jinja.value.Function;
import io.anyserve.jinja.value.Namespace;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Value;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The functions that every template may call. */
final class Globals {

  /** jinja2's sandbox refuses more. */
  private static final int LONGEST_RANGE = 100_000;

  /** Characters that two of a format can become, at most. */
  private static final long LONGEST_DIRECTIVE = 32;

  private final RenderBudget budget;
  private final PythonRepr printer;
  private final Clock clock;

  Globals(RenderBudget budget, PythonRepr printer, Clock clock) {
    this.budget = budget;
    this.printer = printer;
    this.clock = clock;
  }

  void defineIn(Scope scope) {
    scope.set("range", (Function) this::range);
    scope.set("dict", (Function) Globals::dict);
    scope.set("namespace", (Function) this::namespace);
    scope.set("raise_exception", (Function) this::raise);
    scope.set("strftime_now", (Function) this::now);
  }

  private Value range(Arguments arguments) {
    boolean onlyEnd = arguments.positional().size() == 1;
    BoundArguments bound =
        onlyEnd
            ? arguments.bind("range", "stop")
            : arguments.bind("range", "start", "stop", "step");
    bound.required("stop");
    int start = bound.integer("start", 0);
    int stop = bound.integer("stop", 0);
    int step = bound.integer("step", 1);
    if (step == 0) {
      throw TemplateException.evaluation("range() arg 3 must not be zero");
    }
    if (Math.ceilDiv((long) stop - start, (long) step) > LONGEST_RANGE) {
      throw TemplateException.evaluation(
          "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).");
    }
    List<Value> values = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      budget.step();
      values.add(new Value.Int(i));
    }
    return SequenceValue.list(values);
  }

  private static Value dict(Arguments arguments) {
    Dict dict = Dict.empty();
    for (Value initial : arguments.positional()) {
      if (!(initial instanceof Dict other)) {
        throw TemplateException.evaluation(
            "dict: argument is %s (expected: dict)".formatted(initial.type()));
      }
      other.entries().forEach(dict::put);
    }
    arguments.named().forEach((name, value) -> dict.put(TrackedText.template(name), value));
    return dict;
  }

  private Value namespace(Arguments arguments) {
    Namespace namespace = new Namespace();
    ((Dict) dict(arguments))
        .entries()
        .forEach((name, value) -> namespace.set(printer.str(name).value(), value));
    return namespace;
  }

  private Value raise(Arguments arguments) {
    Value message = arguments.bind("raise_exception", "message").required("message");
    throw TemplateException.raised(printer.str(message).value());
  }

  private Value now(Arguments arguments) {
    String format = arguments.bind("strftime_now", "format").text("format").value();
    budget.copy(LONGEST_DIRECTIVE * format.length());
    return TrackedText.template(
        new TimeFormat(format).format(clock.instant().atZone(clock.getZone())));
  }
}
