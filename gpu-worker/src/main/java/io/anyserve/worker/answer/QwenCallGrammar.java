package io.anyserve.worker.answer;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.grammar.Mark;
import io.anyserve.grammar.OutputGrammar;
import io.anyserve.grammar.regular.InvalidGrammarException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The calls of Qwen3-Coder from the name of the function on. */
final class QwenCallGrammar {

  /** Keywords of arguments as a whole that can be kept to, or say nothing. */
  private static final Set<String> KEYWORDS =
      Set.of(
          "$schema",
          "$id",
          "$defs",
          "$comment",
          "definitions",
          "title",
          "description",
          "type",
          "properties",
          "required",
          "additionalProperties");

  /** In a value, each of them ends it. */
  private static final List<String> ENDS =
      List.of(Marks.PARAMETER_END, Marks.PARAMETER, Marks.FUNCTION_END);

  private static final OutputGrammar TEXT =
      OutputGrammar.textWithout(ENDS.stream().map(Mark::text).toList());

  private QwenCallGrammar() {}

  /** A call whose arguments fit the tool's schema where it is strict. */
  static OutputGrammar free(ToolDefinition tool) {
    return call(tool, tool.strict() ? fitting(tool) : List.of(any()));
  }

  /** A call whose arguments fit the tool's schema. */
  static OutputGrammar constrained(ToolDefinition tool) {
    return call(tool, fitting(tool));
  }

  private static OutputGrammar call(ToolDefinition tool, List<OutputGrammar> parameters) {
    List<OutputGrammar> parts = new ArrayList<>();
    parts.add(OutputGrammar.literal(tool.name() + ">"));
    parts.addAll(parameters);
    parts.add(OutputGrammar.regex("\\n?" + Marks.FUNCTION_END));
    return OutputGrammar.sequence(parts);
  }

  /** Parameters by any name, as many as the model likes. */
  private static OutputGrammar any() {
    OutputGrammar parameter =
        OutputGrammar.sequence(
            List.of(
                OutputGrammar.regex("\\n?" + Marks.PARAMETER + "[^>\\n]{1,64}>"),
                TEXT,
                OutputGrammar.literal(Marks.PARAMETER_END)));
    return OutputGrammar.repeated(parameter);
  }

  private static List<OutputGrammar> fitting(ToolDefinition tool) {
    if (tool.parameters().isEmpty()) {
      return List.of();
    }
    // Keywords are read, and refused, as those of any schema are.
    CallGrammar.arguments(tool);
    JsonNode schema = JsonMapper.shared().readTree(tool.parameters());
    for (String keyword : schema.propertyNames()) {
      if (!KEYWORDS.contains(keyword)) {
        throw refused(tool, "#/" + keyword, "none, as the model's arguments are no JSON");
      }
    }
    List<OutputGrammar> parameters = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      OutputGrammar one = parameter(tool, schema, property.getKey(), property.getValue());
      boolean required =
          schema
              .path("required")
              .valueStream()
              .anyMatch(n -> n.asString("").equals(property.getKey()));
      parameters.add(
          required ? one : OutputGrammar.choice(List.of(one, OutputGrammar.literal(""))));
    }
    for (JsonNode name : schema.path("required")) {
      if (!schema.path("properties").has(name.asString(""))) {
        throw refused(tool, "#/required", "names of listed properties");
      }
    }
    return parameters;
  }

  private static OutputGrammar parameter(
      ToolDefinition tool, JsonNode schema, String name, JsonNode property) {
    if (name.isEmpty()
        || name.length() > QwenCoderReader.LONGEST_KEY
        || name.indexOf('>') >= 0
        || name.indexOf('\n') >= 0) {
      throw refused(tool, "#/properties/" + name, "a name without > and line ends");
    }
    return OutputGrammar.sequence(
        List.of(
            OutputGrammar.literal("\n" + Marks.PARAMETER + name + ">\n"),
            QwenParameter.plain(property)
                ? text(tool, name, property)
                : json(tool, schema, name, property),
            OutputGrammar.literal("\n" + Marks.PARAMETER_END)));
  }

  private static OutputGrammar text(ToolDefinition tool, String name, JsonNode property) {
    List<String> values = QwenParameter.values(property);
    if (values.isEmpty()) {
      return TEXT;
    }
    for (String value : values) {
      if (ENDS.stream().anyMatch(value::contains)) {
        throw refused(tool, "#/properties/" + name, "values without the marks of the format");
      }
    }
    return OutputGrammar.choice(values.stream().map(OutputGrammar::literal).toList());
  }

  /** References of a property are looked up in the whole schema. */
  private static OutputGrammar json(
      ToolDefinition tool, JsonNode schema, String name, JsonNode property) {
    JsonNode own = property;
    if (property instanceof ObjectNode object) {
      ObjectNode copy = object.deepCopy();
      for (String definitions : List.of("$defs", "definitions")) {
        if (schema.has(definitions) && !copy.has(definitions)) {
          copy.set(definitions, schema.path(definitions));
        }
      }
      own = copy;
    }
    try {
      return OutputGrammar.jsonSchema(own.toString());
    } catch (InvalidGrammarException e) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST,
          "tools: " + tool.name() + ": #/properties/" + name + ": " + e.getMessage());
    }
  }

  private static FailureException refused(ToolDefinition tool, String pointer, String expected) {
    return new FailureException(
        FailureCode.INVALID_REQUEST,
        "tools: " + tool.name() + ": " + pointer + ": set (expected: " + expected + ")");
  }
}
