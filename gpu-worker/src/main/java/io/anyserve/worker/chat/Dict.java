package io.anyserve.worker.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mapping in insertion order; its keys are scalars. */
record Dict(Map<Value, Value> entries) implements Value {

  static Dict empty() {
    return new Dict(new LinkedHashMap<>());
  }

  @Nullable Value get(Value key) {
    return entries.get(key);
  }

  void put(Value key, Value value) {
    switch (key) {
      case None _, Bool _, Int _, Real _, Text _ -> entries.put(key, value);
      case Items _, Dict _, Namespace _, Loop _, Function _, Undefined _ ->
          throw TemplateException.evaluation("unhashable type: '" + key.type() + "'");
    }
  }

  List<Value> keys() {
    return List.copyOf(entries.keySet());
  }

  List<Value> pairs() {
    List<Value> pairs = new ArrayList<>(entries.size());
    entries.forEach((key, value) -> pairs.add(Items.tuple(key, value)));
    return pairs;
  }
}
