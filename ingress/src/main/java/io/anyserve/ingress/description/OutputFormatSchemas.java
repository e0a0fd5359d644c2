package io.anyserve.ingress.description;

import io.anyserve.ingress.openai.OutputFormatReader;
import io.anyserve.ingress.openai.ParameterTable;
import java.util.Map;

/** What the text of an answer must be. */
final class OutputFormatSchemas {

  private static final String[] TYPES = {"text", "json_object", "json_schema"};

  private OutputFormatSchemas() {}

  /** By the names of their components. */
  static void addTo(Map<String, Schema> schemas) {
    schemas.put("ResponseFormat", ofChat());
    schemas.put("JsonSchemaFormat", jsonSchema());
    schemas.put("ResponseTextFormat", ofResponse());
    schemas.put("StructuredOutputs", structuredOutputs());
  }

  private static Schema ofChat() {
    return new BodySchema(
            "ResponseFormat", ParameterTable.RESPONSE_FORMAT, "What the answer must be.")
        .required("type", type())
        .optional("json_schema", Schema.ref("JsonSchemaFormat"))
        .build()
        .all(
            CompletionBodies.implies(typeIsSchema(), CompletionBodies.given("json_schema")),
            CompletionBodies.implies(CompletionBodies.given("json_schema"), typeIsSchema()));
  }

  private static Schema jsonSchema() {
    return named(
            new BodySchema(
                "JsonSchemaFormat", ParameterTable.JSON_SCHEMA, "A JSON Schema with a name."))
        .required("name", name())
        .required("schema", schema())
        .build();
  }

  private static Schema ofResponse() {
    return named(
            new BodySchema(
                "ResponseTextFormat", ParameterTable.TEXT_FORMAT, "What the answer must be."))
        .required("type", type())
        .optional("name", name())
        .optional("schema", schema())
        .build()
        .all(
            CompletionBodies.implies(typeIsSchema(), CompletionBodies.given("name")),
            CompletionBodies.implies(typeIsSchema(), CompletionBodies.given("schema")));
  }

  private static BodySchema named(BodySchema body) {
    return body.optional("description", Schema.string("").pattern(CompletionBodies.TEXT))
        .optional("strict", Schema.flag("Answers keep to the schema either way."));
  }

  private static Schema type() {
    return Schema.string(
            "`json_object` is any JSON object, `json_schema` a document that is valid by a schema.")
        .values(TYPES);
  }

  private static Schema typeIsSchema() {
    return Schema.part().required("type", Schema.constant("json_schema"));
  }

  private static Schema name() {
    return Schema.string("").pattern(CompletionBodies.TEXT);
  }

  private static Schema schema() {
    return Schema.anyOf(
        "The JSON Schema; keywords that cannot be kept to are refused by name.",
        Schema.object(""),
        Schema.flag(""));
  }

  private static Schema structuredOutputs() {
    return new BodySchema(
            "StructuredOutputs",
            ParameterTable.STRUCTURED_OUTPUTS,
            "What the answer must be, one of these.")
        .optional(
            "json",
            Schema.anyOf(
                "A JSON Schema, or a text that holds one.",
                Schema.object(""),
                Schema.flag(""),
                Schema.string("").nonEmpty()))
        .optional("regex", Schema.string("An expression that matches the whole answer.").nonEmpty())
        .optional(
            "choice",
            Schema.array(
                    "The answer is one of these.", Schema.string("").pattern(CompletionBodies.TEXT))
                .items(1, OutputFormatReader.MOST_CHOICES))
        .optional("json_object", Schema.flag("Any JSON object; only true."))
        .build();
  }
}
