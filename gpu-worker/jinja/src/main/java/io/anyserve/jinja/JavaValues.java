package io.anyserve.jinja;

import io.anyserve.jinja.value.Dict;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns plain Java values of a request into template values; their strings are user text. */
final class JavaValues {

  private final RenderBudget budget;

  JavaValues(RenderBudget budget) {
    this.budget = budget;
  }

  Value convert(@Nullable Object plain) {
    budget.enter();
    try {
      return switch (plain) {
        case null -> Value.None.NONE;
        case Boolean flag -> Value.of(flag);
        case String text -> TrackedText.user(text);
        case Double real -> new Value.Real(real);
        case Float real -> new Value.Real(real);
        case Long integer -> new Value.Int(integer);
        case Integer integer -> new Value.Int(integer);
        case List<?> list -> list(list);
        case Map<?, ?> map -> dict(map);
        default ->
            throw TemplateException.evaluation(
                "variable: %s (expected: null, Boolean, Long, Double, String, List or Map)"
                    .formatted(plain.getClass().getName()));
      };
    } finally {
      budget.leave();
    }
  }

  /** The names of the two parts that every message has are not the user's. */
  Dict message(TemplateMessage message) {
    Dict dict = Dict.empty();
    dict.put(TrackedText.template("role"), TrackedText.user(message.role()));
    dict.put(TrackedText.template("content"), convert(message.content()));
    dict.entries().putAll(dict(message.fields()).entries());
    return dict;
  }

  private SequenceValue list(List<?> list) {
    List<Value> values = new ArrayList<>(list.size());
    for (Object element : list) {
      values.add(convert(element));
    }
    return SequenceValue.list(values);
  }

  private Dict dict(Map<?, ?> map) {
    Dict dict = Dict.empty();
    for (var entry : map.entrySet()) {
      dict.put(convert(entry.getKey()), convert(entry.getValue()));
    }
    return dict;
  }
}
