package io.anyserve.contracts.sampling;

import io.anyserve.contracts.validation.Preconditions;

/**
 * What the text of an answer must be. Which schemas and expressions can be kept to, their grammar
 * says.
 */
public sealed interface OutputFormat {

  int MAX_SCHEMA_LENGTH = 64 * 1024;
  int MAX_REGEX_LENGTH = 4 * 1024;

  /** Any text. */
  record Text() implements OutputFormat {}

  /** Any JSON object. */
  record JsonObject() implements OutputFormat {}

  /**
   * A JSON document that is valid by a JSON Schema.
   *
   * @param schema JSON itself
   */
  record JsonSchema(String schema) implements OutputFormat {

    public JsonSchema {
      check("json_schema", schema, MAX_SCHEMA_LENGTH);
    }
  }

  /** A text that matches a regular expression as a whole. */
  record Regex(String pattern) implements OutputFormat {

    public Regex {
      check("regex", pattern, MAX_REGEX_LENGTH);
    }
  }

  private static void check(String name, String text, int most) {
    Preconditions.that(
        !text.isEmpty() && text.length() <= most,
        name,
        text.length() + " characters",
        "1 to " + most);
    Preconditions.text(name, text);
  }
}
