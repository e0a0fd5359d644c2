package io.anyserve.ingress.openai;

import io.anyserve.v1.JsonObjectFormat;
import io.anyserve.v1.OutputFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Reads what the text of an answer must be: {@code response_format} of OpenAI's chats, {@code
 * text.format} of its responses, and {@code structured_outputs} of vLLM. Throws {@link
 * ApiException}. Whether a schema or an expression can be kept to is not known here.
 */
public final class OutputFormatReader {

  private static final String RESPONSE_FORMAT = "response_format";
  private static final String STRUCTURED_OUTPUTS = "structured_outputs";
  private static final String SCHEMA = "json_schema";

  /** Texts of which an answer may be one. */
  public static final int MOST_CHOICES = 256;

  private static final Pattern SPECIAL = Pattern.compile("[\\\\^$.|?*+()\\[\\]{}]");

  private OutputFormatReader() {}

  /** Empty where any text will do. */
  static Optional<OutputFormat> read(BodyFields fields) {
    Optional<OutputFormat> format =
        fields.object(RESPONSE_FORMAT).flatMap(OutputFormatReader::ofChat);
    Optional<BodyFields> structured = fields.object(STRUCTURED_OUTPUTS);
    if (format.isPresent() && structured.isPresent()) {
      throw BodyFields.invalid(
          STRUCTURED_OUTPUTS,
          "structured_outputs: set beside response_format (expected: one of the two)");
    }
    return structured.isPresent() ? Optional.of(structured(structured.get())) : format;
  }

  private static Optional<OutputFormat> ofChat(BodyFields format) {
    ParameterTable.RESPONSE_FORMAT.check(format);
    String type = format.requiredText("type");
    requireSchemaOnlyWith(type, format);
    return ofType(
        format,
        () -> {
          BodyFields named =
              format.object(SCHEMA).orElseThrow(() -> format.missing(SCHEMA, "a JSON object"));
          ParameterTable.JSON_SCHEMA.check(named);
          return schema(named);
        });
  }

  private static void requireSchemaOnlyWith(String type, BodyFields format) {
    if (!type.equals(SCHEMA) && format.value(SCHEMA).isPresent()) {
      throw BodyFields.invalid(
          format.at(SCHEMA),
          format.at(SCHEMA) + ": set (expected: only with \"type\": \"json_schema\")");
    }
  }

  /** Of a format whose schema stands beside its type. */
  public static Optional<OutputFormat> ofResponse(BodyFields format) {
    ParameterTable.TEXT_FORMAT.check(format);
    return ofType(format, () -> schema(format));
  }

  private static Optional<OutputFormat> ofType(BodyFields format, Supplier<OutputFormat> schema) {
    String type = format.requiredText("type");
    return switch (type) {
      case "text" -> Optional.empty();
      case "json_object" -> Optional.of(jsonObject());
      case SCHEMA -> Optional.of(schema.get());
      default ->
          throw BodyFields.invalid(
              format.at("type"),
              format.at("type")
                  + ": "
                  + BodyFields.printable(type)
                  + " (expected: text, json_object or json_schema)");
    };
  }

  private static OutputFormat jsonObject() {
    return OutputFormat.newBuilder().setJsonObject(JsonObjectFormat.getDefaultInstance()).build();
  }

  /** A name is asked for as OpenAI does; a schema that is not strict is kept to as well. */
  private static OutputFormat schema(BodyFields named) {
    named.requiredText("name");
    named.flag("strict");
    JsonNode schema =
        named.value("schema").orElseThrow(() -> named.missing("schema", "a JSON Schema"));
    return schema(named.at("schema"), schema);
  }

  private static OutputFormat schema(String at, JsonNode schema) {
    BodyFields.check(schema.isObject() || schema.isBoolean(), at, schema, "a JSON Schema");
    return OutputFormat.newBuilder().setJsonSchema(schema.toString()).build();
  }

  private static OutputFormat structured(BodyFields fields) {
    ParameterTable.STRUCTURED_OUTPUTS.check(fields);
    List<String> given =
        List.of("json", "regex", "choice", "json_object").stream()
            .filter(name -> fields.value(name).isPresent())
            .toList();
    if (given.size() != 1) {
      throw BodyFields.refused(
          STRUCTURED_OUTPUTS, fields.node(), "one of json, regex, choice and json_object");
    }
    return switch (given.getFirst()) {
      case "json" -> json(fields);
      case "regex" -> OutputFormat.newBuilder().setRegex(fields.requiredText("regex")).build();
      case "choice" -> choice(fields);
      default -> anyObject(fields);
    };
  }

  /** As an object, or as a text that holds one. */
  private static OutputFormat json(BodyFields fields) {
    JsonNode json = fields.value("json").orElseThrow();
    return json.isString()
        ? OutputFormat.newBuilder().setJsonSchema(fields.requiredText("json")).build()
        : schema(fields.at("json"), json);
  }

  private static OutputFormat choice(BodyFields fields) {
    JsonNode node = fields.value("choice").orElseThrow();
    List<String> choices = node.isArray() ? fields.strings("choice") : List.of();
    BodyFields.check(
        !choices.isEmpty() && choices.size() <= MOST_CHOICES,
        fields.at("choice"),
        node,
        "1 to " + MOST_CHOICES + " strings");
    String regex =
        choices.stream()
            .map(choice -> SPECIAL.matcher(choice).replaceAll("\\\\$0"))
            .collect(Collectors.joining("|"));
    return OutputFormat.newBuilder().setRegex(regex).build();
  }

  private static OutputFormat anyObject(BodyFields fields) {
    if (!fields.flag("json_object")) {
      throw BodyFields.refused(
          fields.at("json_object"), fields.value("json_object").orElseThrow(), "true");
    }
    return jsonObject();
  }
}
