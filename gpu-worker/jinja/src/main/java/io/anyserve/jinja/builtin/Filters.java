package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.Arguments;
import io.anyserve.jinja.value.BoundArguments;
import io.anyserve.jinja.value.Comparisons;
import io.anyserve.jinja.value.PythonArithmetic;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TextBuilder;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Undefined;
import io.anyserve.jinja.value.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/** What {@code value | name} computes. */
public final class Filters {

  private static final Value ZERO = new Value.Int(0);
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");

  private final RenderBudget budget;
  private final PythonRepr printer;
  private final TextMethods textMethods;
  private final SequenceFilters sequences;

  public Filters(
      RenderBudget budget, PythonRepr printer, Comparisons comparisons, Attributes attributes) {
    this.budget = budget;
    this.printer = printer;
    this.textMethods = new TextMethods(budget);
    this.sequences =
        new SequenceFilters(
            budget, comparisons, attributes, this, new JinjaTests(budget, comparisons, printer));
  }

  public Value apply(String name, Value input, Arguments arguments) {
    return switch (name) {
      case "trim" -> textMethods.call(printer.str(input), "strip", arguments);
      case "upper", "lower", "capitalize" -> textMethods.call(printer.str(input), name, arguments);
      case "replace" -> replace(printer.str(input), arguments);
      case "title" -> title(printer.str(input));
      case "string", "safe" -> printer.str(input);
      case "escape", "e" -> escape(printer.str(input));
      case "indent" -> indent(printer.str(input), arguments);
      case "tojson" -> json(arguments).write(input);
      case "length", "count" -> new Value.Int(Iteration.length(input));
      case "default", "d" -> otherwise(input, arguments);
      case "int" -> integer(input, arguments);
      case "float" -> real(input, arguments);
      case "abs" ->
          new Operators(budget, printer)
              .unary(PythonArithmetic.order(input, ZERO) < 0 ? "-" : "+", input);
      case "round" -> round(input, arguments);
      case "join" -> join(input, arguments);
      default -> sequences.apply(name, input, arguments);
    };
  }

  private TrackedText replace(TrackedText text, Arguments arguments) {
    BoundArguments bound = arguments.bind("replace", "old", "new", "count");
    TrackedText old = printer.str(bound.required("old"));
    TrackedText replacement = printer.str(bound.required("new"));
    budget.search(text.value().length(), old.value().length());
    int count = bound.integer("count", -1);
    return new StringSplitting(budget).replace(text, old.value(), replacement, count);
  }

  private TrackedText title(TrackedText text) {
    budget.copy(text.value().length());
    return text.respelled(Casing.titleByWords(text.value()));
  }

  private TrackedText escape(TrackedText text) {
    TextBuilder out = new TextBuilder(budget);
    for (int i = 0; i < text.value().length(); i++) {
      switch (text.value().charAt(i)) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '\'' -> out.append("&#39;");
        case '"' -> out.append("&#34;");
        default -> out.append(text, i, i + 1);
      }
    }
    return out.text();
  }

  private TrackedText indent(TrackedText text, Arguments arguments) {
    BoundArguments bound = arguments.bind("indent", "width", "first", "blank");
    TrackedText indent =
        bound.or("width", Value.None.NONE) instanceof TrackedText width
            ? width
            : spaces(bound.integer("width", 4));
    boolean blank = bound.flag("blank", false);
    TextBuilder out = new TextBuilder(budget);
    if (bound.flag("first", false)) {
      out.append(indent);
    }
    TrackedText ended = TextBuilder.concatenation(budget, text, TrackedText.template("\n"));
    boolean first = true;
    for (Value line : new StringSplitting(budget).lines(ended, false)) {
      if (!first) {
        out.append("\n").append(blank || line.truth() ? indent : TrackedText.EMPTY);
      }
      out.append((TrackedText) line);
      first = false;
    }
    return out.text();
  }

  private TrackedText spaces(int count) {
    return new TextBuilder(budget).repeat(TrackedText.template(" "), count).text();
  }

  private JsonOutput json(Arguments arguments) {
    BoundArguments bound =
        arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
    TrackedText indent =
        switch (bound.or("indent", Value.None.NONE)) {
          case Value.None _ -> null;
          case TrackedText text -> text;
          case Value _ -> spaces(bound.integer("indent", 0));
        };
    Value separators = bound.or("separators", Value.None.NONE);
    boolean given = separators instanceof SequenceValue items && items.values().size() == 2;
    if (!given && !(separators instanceof Value.None)) {
      throw TemplateException.evaluation(
          "tojson: separators is %s (expected: a tuple of two str)".formatted(separators.type()));
    }
    SequenceValue pair =
        given
            ? (SequenceValue) separators
            : SequenceValue.tuple(
                TrackedText.template(indent == null ? ", " : ","), TrackedText.template(": "));
    return new JsonOutput(
        budget,
        bound.flag("ensure_ascii", false),
        indent,
        printer.str(pair.values().getFirst()),
        printer.str(pair.values().getLast()),
        bound.flag("sort_keys", false));
  }

  private static Value otherwise(Value input, Arguments arguments) {
    BoundArguments bound = arguments.bind("default", "default_value", "boolean");
    boolean missing =
        input instanceof Undefined || (bound.flag("boolean", false) && !input.truth());
    return missing ? bound.or("default_value", TrackedText.EMPTY) : input;
  }

  private static Value integer(Value input, Arguments arguments) {
    BoundArguments bound = arguments.bind("int", "default", "base");
    return switch (input) {
      case Value.Int _, Value.Bool _ -> new Value.Int(PythonArithmetic.integer(input));
      case Value.Real(double real) when Double.isFinite(real) -> new Value.Int((long) real);
      case TrackedText text -> parsed(text, bound);
      case Undefined undefined -> throw undefined.failure();
      case Value _ -> bound.or("default", new Value.Int(0));
    };
  }

  private static Value parsed(TrackedText text, BoundArguments bound) {
    String digits = text.value().strip();
    try {
      return new Value.Int(Long.parseLong(digits, bound.integer("base", 10)));
    } catch (NumberFormatException e) {
      double real = parseReal(digits);
      return Double.isFinite(real)
          ? new Value.Int((long) real)
          : bound.or("default", new Value.Int(0));
    }
  }

  private static Value real(Value input, Arguments arguments) {
    BoundArguments bound = arguments.bind("float", "default");
    return switch (input) {
      case Value.Int _, Value.Bool _, Value.Real _ -> new Value.Real(PythonArithmetic.real(input));
      case TrackedText text when !Double.isNaN(parseReal(text.value().strip())) ->
          new Value.Real(parseReal(text.value().strip()));
      case Undefined undefined -> throw undefined.failure();
      case Value _ -> bound.or("default", new Value.Real(0));
    };
  }

  /** NaN where the text is not a decimal number. */
  private static double parseReal(String digits) {
    return DECIMAL.matcher(digits).matches() ? Double.parseDouble(digits) : Double.NaN;
  }

  private static Value round(Value input, Arguments arguments) {
    BoundArguments bound = arguments.bind("round", "precision", "method");
    int precision = Math.clamp(bound.integer("precision", 0), -300, 300);
    RoundingMode mode =
        switch (bound.has("method") ? bound.text("method").value() : "common") {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          case String other ->
              throw TemplateException.evaluation(
                  "round: method is '%s' (expected: common, ceil or floor)".formatted(other));
        };
    if (!(input instanceof Value.Real(double real))) {
      return new Value.Int(PythonArithmetic.integer(input));
    }
    double rounded =
        Double.isFinite(real) ? new BigDecimal(real).setScale(precision, mode).doubleValue() : real;
    return new Value.Real(Math.copySign(rounded, real));
  }

  private TrackedText join(Value input, Arguments arguments) {
    BoundArguments bound = arguments.bind("join", "d", "attribute");
    TrackedText separator = printer.str(bound.or("d", TrackedText.EMPTY));
    TextBuilder out = new TextBuilder(budget);
    TrackedText between = TrackedText.EMPTY;
    for (Value part : Iteration.over(input, budget)) {
      Value shown =
          bound.has("attribute") ? sequences.part(part, bound.required("attribute"), null) : part;
      out.append(between).append(printer.str(shown));
      between = separator;
    }
    return out.text();
  }
}
