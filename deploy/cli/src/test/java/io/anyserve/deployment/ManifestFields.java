package io.anyserve.deployment;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the fields of parsed manifests that Kubernetes does not have: the parser keeps them as
 * additional properties instead of refusing them.
 */
final class ManifestFields {

  private static final String MODEL = "io.fabric8";
  private static final String UNKNOWN = "getAdditionalProperties";

  private final Set<String> found = new TreeSet<>();

  private ManifestFields() {}

  /** The paths of all fields of the object that its kind does not have. */
  static Set<String> unknown(Object manifest) {
    ManifestFields fields = new ManifestFields();
    fields.visit(manifest.getClass().getSimpleName(), manifest);
    return fields.found;
  }

  private void visit(String path, Object value) {
    if (value instanceof Collection<?> elements) {
      elements.forEach(element -> visit(path + "[]", element));
    } else if (value.getClass().getName().startsWith(MODEL) && !(value instanceof Enum)) {
      for (Method method : value.getClass().getMethods()) {
        if (method.getName().startsWith("get") && method.getParameterCount() == 0) {
          property(path, value, method);
        }
      }
    }
  }

  private void property(String path, Object owner, Method getter) {
    Object value = read(owner, getter);
    if (getter.getName().equals(UNKNOWN) && value instanceof Map<?, ?> extra) {
      extra.keySet().forEach(name -> found.add(path + "." + name));
    } else if (value != null && !getter.getName().equals("getClass")) {
      visit(path + "." + getter.getName().substring("get".length()), value);
    }
  }

  private static Object read(Object owner, Method getter) {
    try {
      return getter.invoke(owner);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(owner.getClass() + "." + getter.getName(), e);
    }
  }
}
