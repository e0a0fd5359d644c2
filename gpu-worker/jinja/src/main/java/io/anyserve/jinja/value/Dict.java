package io.anyserve.jinja.value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mapping in insertion order; its keys are scalars. */
public record Dict(Map<Value, Value> entries) implements Value {

  public static Dict empty() {
    return new Dict(new LinkedHashMap<>());
  }

  public @Nullable Value get(Value key) {
    return isKey(key) ? entries.get(key) : null;
  }

  boolean contains(Value key) {
    requireKey(key);
    return entries.containsKey(key);
  }

  public void put(Value key, Value value) {
    requireKey(key);
    entries.put(key, value);
  }

  private static void requireKey(Value key) {
    if (!isKey(key)) {
      throw TemplateException.evaluation("unhashable type: '" + key.type() + "'");
    }
  }

  private static boolean isKey(Value key) {
    return switch (key) {
      case None _, Bool _, Int _, Real _, TrackedText _, Undefined _ -> true;
      case SequenceValue _, Dict _, Namespace _, Loop _, Function _ -> false;
    };
  }

  public List<Value> keys() {
    return List.copyOf(entries.keySet());
  }

  public List<Value> pairs() {
    List<Value> pairs = new ArrayList<>(entries.size());
    entries.forEach((key, value) -> pairs.add(SequenceValue.tuple(key, value)));
    return pairs;
  }
}
