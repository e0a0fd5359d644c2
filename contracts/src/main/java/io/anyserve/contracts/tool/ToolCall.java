package io.anyserve.contracts.tool;

import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.contracts.validation.Utf8;

/**
 * A call of a tool.
 *
 * @param id chosen by whoever made the call
 * @param arguments a JSON object as the model wrote it, so perhaps not quite one
 */
public record ToolCall(String id, String name, String arguments) {

  public static final int LONGEST_ID = 256;

  public ToolCall {
    checkId("tool_call.id", id);
    ToolDefinition.checkName(name);
    Preconditions.text("tool_call.arguments", arguments);
  }

  /** Throws IllegalArgumentException where it is empty, too long or more than a line. */
  public static void checkId(String field, String id) {
    Preconditions.that(
        !id.isEmpty() && id.length() <= LONGEST_ID,
        field,
        Preconditions.printable(id),
        "1 to " + LONGEST_ID + " characters");
    Preconditions.line(field, id);
  }

  /** Bytes that it takes in a record, about. */
  public long size() {
    return 16 + Utf8.length(id) + name.length() + Utf8.length(arguments);
  }
}
