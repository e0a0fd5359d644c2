package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.Arguments;
import io.anyserve.jinja.value.BoundArguments;
import io.anyserve.jinja.value.Comparisons;
import io.anyserve.jinja.value.Dict;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TextBuilder;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Undefined;
import io.anyserve.jinja.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Filters that pick, order or transform the items of a sequence. */
final class SequenceFilters {

  private final RenderBudget budget;
  private final Comparisons comparisons;
  private final Attributes attributes;
  private final Filters filters;
  private final JinjaTests tests;

  SequenceFilters(
      RenderBudget budget,
      Comparisons comparisons,
      Attributes attributes,
      Filters filters,
      JinjaTests tests) {
    this.budget = budget;
    this.comparisons = comparisons;
    this.attributes = attributes;
    this.filters = filters;
    this.tests = tests;
  }

  Value apply(String name, Value input, Arguments arguments) {
    return switch (name) {
      case "list" -> SequenceValue.list(Iteration.over(input, budget));
      case "first" -> first(Iteration.over(input, budget), "No first item, sequence was empty.");
      case "last" ->
          first(Iteration.over(input, budget).reversed(), "No last item, sequence was empty.");
      case "reverse" -> reverse(input);
      case "map" -> map(input, arguments);
      case "select" -> pick(input, test(arguments));
      case "reject" -> pick(input, test(arguments).negate());
      case "selectattr" -> pick(input, attributeTest(arguments));
      case "rejectattr" -> pick(input, attributeTest(arguments).negate());
      case "items" -> pairs(input);
      case "dictsort" -> sortedPairs(input, arguments);
      case "sort" -> sort(input, arguments);
      case "unique" -> unique(input, arguments);
      case "min", "max" -> extreme(name, input, arguments);
      case "sum" -> sum(input, arguments);
      case "attr" -> attributes.attribute(input, arguments.bind(name, "name").text("name").value());
      default -> throw TemplateException.evaluation("No filter named '" + name + "'.");
    };
  }

  /** What a path such as {@code function.name} or {@code 0} leads to; each step may be missing. */
  Value part(Value whole, Value path, @Nullable Value missing) {
    List<Value> steps =
        path instanceof TrackedText text
            ? new StringSplitting(budget).parts(text, ".", Integer.MAX_VALUE, false)
            : List.of(path);
    Value part = whole;
    for (Value step : steps) {
      Value found = attributes.item(part, step instanceof TrackedText name ? index(name) : step);
      part = found instanceof Undefined && missing != null ? missing : found;
    }
    return part;
  }

  private static Value index(TrackedText step) {
    return step.value().matches("[0-9]{1,9}")
        ? new Value.Int(Integer.parseInt(step.value()))
        : step;
  }

  private static Value first(List<Value> values, String problem) {
    return values.isEmpty() ? new Undefined(problem) : values.getFirst();
  }

  private Value reverse(Value input) {
    List<Value> reversed = Iteration.over(input, budget).reversed();
    if (!(input instanceof TrackedText)) {
      return SequenceValue.generator(List.copyOf(reversed));
    }
    TextBuilder out = new TextBuilder(budget);
    reversed.forEach(c -> out.append((TrackedText) c));
    return out.text();
  }

  private SequenceValue map(Value input, Arguments arguments) {
    List<Value> mapped = new ArrayList<>();
    for (Value item : itemsIfAny(input)) {
      mapped.add(mapped(item, arguments));
    }
    return SequenceValue.generator(mapped);
  }

  private Value mapped(Value item, Arguments arguments) {
    if (!arguments.positional().isEmpty()) {
      return filters.apply(named(arguments, "map"), item, arguments.after(1));
    }
    BoundArguments bound = arguments.bind("map", "attribute", "default");
    Value missing = bound.or("default", Value.None.NONE);
    return part(item, bound.required("attribute"), missing instanceof Value.None ? null : missing);
  }

  private static String named(Arguments arguments, String function) {
    Value name = arguments.positional().getFirst();
    return Arguments.of(name).bind(function, "name").text("name").value();
  }

  private Predicate<Value> test(Arguments arguments) {
    if (arguments.positional().isEmpty()) {
      return Value::truth;
    }
    String name = named(arguments, "select");
    return item -> tests.holds(name, item, arguments.after(1));
  }

  private Predicate<Value> attributeTest(Arguments arguments) {
    if (arguments.positional().isEmpty()) {
      throw TemplateException.evaluation("Missing parameter for attribute name");
    }
    Value path = arguments.positional().getFirst();
    Predicate<Value> test = test(arguments.after(1));
    return item -> test.test(part(item, path, null));
  }

  private SequenceValue pick(Value input, Predicate<Value> wanted) {
    return SequenceValue.generator(itemsIfAny(input).stream().filter(wanted).toList());
  }

  /** jinja2 takes whatever is false for an empty sequence here, even None. */
  private List<Value> itemsIfAny(Value input) {
    return input.truth() ? Iteration.over(input, budget) : List.of();
  }

  private static SequenceValue pairs(Value input) {
    return switch (input) {
      case Dict dict -> SequenceValue.generator(dict.pairs());
      case Undefined _ -> SequenceValue.generator(List.of());
      case Value _ -> throw TemplateException.evaluation("Can only get item pairs from a mapping.");
    };
  }

  private SequenceValue sortedPairs(Value input, Arguments arguments) {
    BoundArguments bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
    boolean byValue = bound.has("by") && bound.text("by").value().equals("value");
    boolean sensitive = bound.flag("case_sensitive", false);
    if (input instanceof Undefined undefined) {
      throw undefined.failure();
    }
    List<Value> pairs = new ArrayList<>(pairs(input).values());
    Comparator<Value> order =
        Comparator.comparing(
            pair -> key(((SequenceValue) pair).values().get(byValue ? 1 : 0), sensitive),
            comparisons::order);
    pairs.sort(bound.flag("reverse", false) ? Collections.reverseOrder(order) : order);
    return SequenceValue.list(pairs);
  }

  private SequenceValue sort(Value input, Arguments arguments) {
    BoundArguments bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
    List<Value> sorted = new ArrayList<>(Iteration.over(input, budget));
    Comparator<Value> order = Comparator.comparing(item -> key(item, bound), comparisons::order);
    sorted.sort(bound.flag("reverse", false) ? Collections.reverseOrder(order) : order);
    return SequenceValue.list(sorted);
  }

  private SequenceValue unique(Value input, Arguments arguments) {
    BoundArguments bound = arguments.bind("unique", "case_sensitive", "attribute");
    Dict seen = Dict.empty();
    List<Value> unique = new ArrayList<>();
    for (Value item : Iteration.over(input, budget)) {
      Value key = key(item, bound);
      if (seen.get(key) == null) {
        seen.put(key, Value.Bool.TRUE);
        unique.add(item);
      }
    }
    return SequenceValue.generator(unique);
  }

  private Value extreme(String name, Value input, Arguments arguments) {
    BoundArguments bound = arguments.bind(name, "case_sensitive", "attribute");
    List<Value> values = Iteration.over(input, budget);
    if (values.isEmpty()) {
      return new Undefined("No aggregated item, sequence was empty.");
    }
    int wanted = name.equals("min") ? -1 : 1;
    Value best = values.getFirst();
    for (Value value : values.subList(1, values.size())) {
      if (comparisons.order(key(value, bound), key(best, bound)) * wanted > 0) {
        best = value;
      }
    }
    return best;
  }

  private Value sum(Value input, Arguments arguments) {
    BoundArguments bound = arguments.bind("sum", "attribute", "start");
    Value sum = bound.or("start", new Value.Int(0));
    for (Value item : Iteration.over(input, budget)) {
      Value addend =
          bound.or("attribute", Value.None.NONE) instanceof Value.None
              ? item
              : part(item, bound.required("attribute"), null);
      sum = new Operators(budget, new PythonRepr(budget)).binary("+", sum, addend);
    }
    return sum;
  }

  private Value key(Value item, BoundArguments bound) {
    boolean whole = bound.or("attribute", Value.None.NONE) instanceof Value.None;
    return key(
        whole ? item : part(item, bound.required("attribute"), null),
        bound.flag("case_sensitive", false));
  }

  private static Value key(Value value, boolean caseSensitive) {
    return value instanceof TrackedText text && !caseSensitive
        ? TrackedText.template(text.value().toLowerCase(Locale.ROOT))
        : value;
  }
}
