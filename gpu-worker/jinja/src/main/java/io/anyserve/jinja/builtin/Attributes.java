package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.Arguments;
import io.anyserve.jinja.value.BoundArguments;
import io.anyserve.jinja.value.Comparisons;
import io.anyserve.jinja.value.Dict;
import io.anyserve.jinja.value.Function;
import io.anyserve.jinja.value.Loop;
import io.anyserve.jinja.value.Namespace;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Undefined;
import io.anyserve.jinja.value.Value;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds what {@code value.name} and {@code value[key]} mean. */
public final class Attributes {

  /** Methods that change their owner: a template must not, so they are not there. */
  private static final Set<String> CHANGES_LIST =
      Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

  private static final Set<String> CHANGES_DICT =
      Set.of("clear", "pop", "popitem", "setdefault", "update");

  private final RenderBudget budget;
  private final Comparisons comparisons;
  private final TextMethods textMethods;

  public Attributes(RenderBudget budget, Comparisons comparisons) {
    this.budget = budget;
    this.comparisons = comparisons;
    this.textMethods = new TextMethods(budget);
  }

  /** {@code owner.name}: a method first, then an item. */
  public Value attribute(Value owner, String name) {
    Value method = method(owner, name);
    if (method != null) {
      return method;
    }
    Value item = owner instanceof Dict dict ? dict.get(TrackedText.template(name)) : null;
    return item != null ? item : Undefined.attribute(owner, name);
  }

  /** {@code owner[key]}: an item first, then a method. */
  public Value item(Value owner, Value key) {
    Value item =
        switch (owner) {
          case Dict dict -> dict.get(key);
          case SequenceValue items
              when items.kind().sequence() && key instanceof Value.Int(long index) ->
              element(items.values(), index);
          case TrackedText text when key instanceof Value.Int(long index) -> character(text, index);
          case Undefined undefined -> throw undefined.failure();
          case TrackedText _,
              SequenceValue _,
              Namespace _,
              Loop _,
              Function _,
              Value.None _,
              Value.Bool _,
              Value.Int _,
              Value.Real _ ->
              null;
        };
    if (item != null) {
      return item;
    }
    if (!(key instanceof TrackedText name)) {
      return Undefined.element(owner, shown(key));
    }
    Value method = method(owner, name.value());
    return method != null ? method : Undefined.attribute(owner, name.value());
  }

  private static String shown(Value key) {
    return switch (key) {
      case Value.Int(long index) -> Long.toString(index);
      case Value.Real(double real) -> PythonRepr.real(real);
      case Value.Bool(boolean flag) -> flag ? "True" : "False";
      case Value.None _ -> "None";
      case Value other -> other.type();
    };
  }

  private @Nullable Value method(Value owner, String name) {
    return switch (owner) {
      case TrackedText text -> textMethods.has(name) ? bound(text, name) : null;
      case Dict dict -> dictMethod(dict, name);
      case SequenceValue items when items.kind().sequence() -> listMethod(items, name);
      case Namespace namespace -> namespace.get(name);
      case Loop loop -> loop.get(name);
      case Undefined undefined -> throw undefined.failure();
      case SequenceValue _, Function _, Value.None _, Value.Bool _, Value.Int _, Value.Real _ ->
          null;
    };
  }

  private Function bound(TrackedText text, String name) {
    return arguments -> textMethods.call(text, name, arguments);
  }

  private @Nullable Value dictMethod(Dict dict, String name) {
    if (CHANGES_DICT.contains(name)) {
      return Undefined.unsafe(dict, name);
    }
    return switch (name) {
      case "items" -> (Function) _ -> new SequenceValue(dict.pairs(), SequenceValue.Kind.VIEW);
      case "keys" -> (Function) _ -> new SequenceValue(dict.keys(), SequenceValue.Kind.VIEW);
      case "values" ->
          (Function)
              _ -> new SequenceValue(List.copyOf(dict.entries().values()), SequenceValue.Kind.VIEW);
      case "get" -> (Function) arguments -> get(dict, arguments);
      case "copy" -> (Function) _ -> dict;
      default -> null;
    };
  }

  private static Value get(Dict dict, Arguments arguments) {
    BoundArguments bound = arguments.bind("get", "key", "default");
    Value value = dict.get(bound.required("key"));
    return value != null ? value : bound.or("default", Value.None.NONE);
  }

  private @Nullable Value listMethod(SequenceValue items, String name) {
    if (items.kind() == SequenceValue.Kind.LIST && CHANGES_LIST.contains(name)) {
      return Undefined.unsafe(items, name);
    }
    return switch (name) {
      case "index" -> (Function) arguments -> index(items.values(), arguments);
      case "count" -> (Function) arguments -> count(items.values(), arguments);
      default -> null;
    };
  }

  private Value index(List<Value> values, Arguments arguments) {
    Value wanted = arguments.bind("index", "value").required("value");
    for (int i = 0; i < values.size(); i++) {
      if (comparisons.equal(values.get(i), wanted)) {
        return new Value.Int(i);
      }
    }
    throw TemplateException.evaluation("the value is not in the list");
  }

  private Value count(List<Value> values, Arguments arguments) {
    Value wanted = arguments.bind("count", "value").required("value");
    int count = 0;
    for (Value value : values) {
      count += comparisons.equal(value, wanted) ? 1 : 0;
    }
    return new Value.Int(count);
  }

  private static @Nullable Value element(List<Value> values, long index) {
    long at = index < 0 ? index + values.size() : index;
    return at >= 0 && at < values.size() ? values.get((int) at) : null;
  }

  private @Nullable Value character(TrackedText text, long index) {
    budget.search(text.value().length());
    long length = text.length();
    long at = index < 0 ? index + length : index;
    if (at < 0 || at >= length) {
      return null;
    }
    return text.cut(text.offset((int) at), text.offset((int) at + 1));
  }
}
