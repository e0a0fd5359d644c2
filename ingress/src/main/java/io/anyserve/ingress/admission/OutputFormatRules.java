package io.anyserve.ingress.admission;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.sampling.OutputFormat;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.grammar.OutputGrammar;
import io.anyserve.grammar.regular.InvalidGrammarException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Refuses what no answer can be kept to: a schema or a pattern that has no grammar, in an output
 * format, in a tool that must be called or in a strict one. Thread-safe.
 */
final class OutputFormatRules {

  private static final int REMEMBERED = 256;

  /** Those that were found right last, as clients send the same ones again and again. */
  private final Set<OutputFormat> right = Collections.synchronizedSet(new LinkedHashSet<>());

  /** Throws IllegalArgumentException naming the keyword that is wrong. */
  OutputFormat require(OutputFormat format) {
    try {
      check(format);
      return format;
    } catch (InvalidGrammarException e) {
      throw new IllegalArgumentException("output_format: " + e.getMessage(), e);
    }
  }

  /** Throws IllegalArgumentException naming the tool and the keyword that is wrong. */
  Payload require(Payload input) {
    if (input instanceof Payload.Chat chat) {
      for (ToolDefinition tool : constrained(chat)) {
        if (!tool.parameters().isEmpty()) {
          require(tool);
        }
      }
    }
    return input;
  }

  private static List<ToolDefinition> constrained(Payload.Chat chat) {
    return switch (chat.tools().choice()) {
      case ToolChoice.Auto() ->
          chat.tools().definitions().stream().filter(ToolDefinition::strict).toList();
      case ToolChoice.None() -> List.of();
      case ToolChoice.Required() -> chat.tools().definitions();
      case ToolChoice.Function(String name) -> chat.tools().named(name).stream().toList();
    };
  }

  private void require(ToolDefinition tool) {
    try {
      check(new OutputFormat.JsonSchema(tool.parameters()));
    } catch (InvalidGrammarException e) {
      throw new IllegalArgumentException("tools: " + tool.name() + ": " + e.getMessage(), e);
    }
  }

  /** Most requests ask for text, and meet no lock. */
  private void check(OutputFormat format) {
    switch (format) {
      case OutputFormat.Text(), OutputFormat.JsonObject() -> {}
      case OutputFormat.JsonSchema(String schema) ->
          checkOnce(format, () -> OutputGrammar.jsonSchema(schema));
      case OutputFormat.Regex(String pattern) ->
          checkOnce(format, () -> OutputGrammar.regex(pattern));
    }
  }

  private void checkOnce(OutputFormat format, Runnable compile) {
    if (!right.contains(format)) {
      compile.run();
      remember(format);
    }
  }

  private void remember(OutputFormat format) {
    synchronized (right) {
      right.add(format);
      if (right.size() > REMEMBERED) {
        right.remove(right.iterator().next());
      }
    }
  }
}
