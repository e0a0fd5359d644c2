package io.anyserve.jinja.value;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The evaluated arguments of a call. */
public record Arguments(List<Value> positional, Map<String, Value> named) {

  public static final Arguments NONE = new Arguments(List.of(), Map.of());

  public static Arguments of(Value... positional) {
    return new Arguments(List.of(positional), Map.of());
  }

  /** The arguments after the first {@code count}. */
  public Arguments after(int count) {
    return new Arguments(
        positional.subList(Math.min(count, positional.size()), positional.size()), named);
  }

  /** Gives each argument the name of its parameter. */
  public BoundArguments bind(String function, String... parameters) {
    if (positional.size() > parameters.length) {
      throw TemplateException.evaluation(
          "%s: %d arguments (expected: at most %d)"
              .formatted(function, positional.size(), parameters.length));
    }
    Map<String, Value> bound = new LinkedHashMap<>();
    for (int i = 0; i < positional.size(); i++) {
      bound.put(parameters[i], positional.get(i));
    }
    for (var argument : named.entrySet()) {
      if (!List.of(parameters).contains(argument.getKey())) {
        throw TemplateException.evaluation(
            "%s: unexpected argument '%s' (expected: %s)"
                .formatted(function, argument.getKey(), String.join(", ", parameters)));
      }
      bound.put(argument.getKey(), argument.getValue());
    }
    return new BoundArguments(function, bound);
  }
}
