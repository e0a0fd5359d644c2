package io.anyserve.contracts.tool;

import io.anyserve.contracts.validation.Preconditions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tools of a request.
 *
 * @param definitions at most {@link #MOST}, each name once
 * @param parallel whether the model may call more than one in an answer
 */
public record ToolOptions(List<ToolDefinition> definitions, ToolChoice choice, boolean parallel) {

  public static final int MOST = 128;

  /** Without any tool. */
  public static final ToolOptions NONE = new ToolOptions(List.of(), ToolChoice.AUTO, true);

  public ToolOptions {
    definitions = List.copyOf(definitions);
    Preconditions.that(
        definitions.size() <= MOST, "tools", definitions.size() + " tools", "at most " + MOST);
    Set<String> names = new HashSet<>();
    for (ToolDefinition tool : definitions) {
      Preconditions.that(names.add(tool.name()), "tools", tool.name(), "each name once");
    }
    switch (choice) {
      case ToolChoice.Auto _, ToolChoice.None _ -> {}
      case ToolChoice.Required _ ->
          Preconditions.that(
              !definitions.isEmpty(), "tool_choice", "required", "auto or none without tools");
      case ToolChoice.Function(String name) ->
          Preconditions.that(names.contains(name), "tool_choice", name, "the name of a tool");
    }
  }

  /** Whether the model may call any. */
  public boolean callable() {
    return !definitions.isEmpty() && !(choice instanceof ToolChoice.None);
  }

  /** The tool of that name. */
  public Optional<ToolDefinition> named(String name) {
    return definitions.stream().filter(tool -> tool.name().equals(name)).findFirst();
  }

  /** Bytes that they take in a record, about. */
  public long size() {
    return definitions.stream().mapToLong(ToolDefinition::size).sum();
  }
}
