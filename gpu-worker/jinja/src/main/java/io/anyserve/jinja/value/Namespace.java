package io.anyserve.jinja.value;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one value that a template may change, made by {@code namespace()}. */
public final class Namespace implements Value {

  private final Map<String, Value> attributes = new LinkedHashMap<>();

  public void set(String name, Value value) {
    attributes.put(name, value);
  }

  public Value get(String name) {
    Value value = attributes.get(name);
    return value != null ? value : Undefined.attribute(this, name);
  }
}
