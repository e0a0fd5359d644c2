package io.anyserve.contracts.tool;

import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.contracts.validation.Utf8;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A function that the model may call.
 *
 * @param parameters JSON Schema of the arguments, an object; empty for a function without any
 * @param strict asks for arguments that fit the schema exactly
 */
public record ToolDefinition(String name, String description, String parameters, boolean strict) {

  /** Bytes of a schema in UTF-8. */
  public static final int LARGEST_SCHEMA = 64 << 10;

  public static final int LONGEST_DESCRIPTION = 8 << 10;

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

  public ToolDefinition {
    checkName(name);
    Preconditions.text("tool.description", description);
    Preconditions.that(
        description.length() <= LONGEST_DESCRIPTION,
        "tool.description",
        description.length() + " characters",
        "at most " + LONGEST_DESCRIPTION);
    Preconditions.text("tool.parameters", parameters);
    checkSchema(parameters);
  }

  /** Throws IllegalArgumentException where no function can have that name. */
  public static void checkName(String name) {
    Preconditions.that(
        NAME.matcher(name).matches(),
        "tool.name",
        Preconditions.printable(name),
        "a match of " + NAME);
  }

  private static void checkSchema(String parameters) {
    long bytes = Utf8.length(parameters);
    Preconditions.that(
        bytes <= LARGEST_SCHEMA, "tool.parameters", bytes + " bytes", "at most " + LARGEST_SCHEMA);
    if (!parameters.isEmpty() && !isObject(parameters)) {
      throw Preconditions.refused(
          "tool.parameters", Preconditions.printable(parameters), "a JSON object");
    }
  }

  private static boolean isObject(String json) {
    try {
      return JsonMapper.shared().readTree(json).isObject();
    } catch (JacksonException e) {
      return false;
    }
  }

  /** Bytes that it takes in a record, about. */
  public long size() {
    return 16 + name.length() + Utf8.length(description) + Utf8.length(parameters);
  }
}
