package io.anyserve.ingress.description;

import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.ingress.openai.ParameterTable;
import java.util.Map;

/** Tools, the choice among them and calls, in the bodies and answers of chats. */
final class ToolSchemas {

  private static final String NAME_PATTERN = "^[a-zA-Z0-9_-]{1,64}$";

  private ToolSchemas() {}

  /** By the names of their components. */
  static void addTo(Map<String, Schema> schemas) {
    schemas.put("Tool", tool());
    schemas.put("ToolFunction", function());
    schemas.put("ToolChoiceFunction", choice());
    schemas.put("ChosenFunction", chosen());
    schemas.put("MessageToolCall", call());
    schemas.put("CalledFunction", called());
    schemas.put("ChatTemplateOptions", templateOptions());
    schemas.put("ResponseTool", responseTool());
    schemas.put("ResponseToolChoice", responseChoice());
    schemas.put("AnsweredToolCall", answered());
    schemas.put("ToolCallPiece", piece());
  }

  static Schema tools() {
    return tools("Tool");
  }

  static Schema responseTools() {
    return tools("ResponseTool");
  }

  private static Schema tools(String one) {
    return Schema.array(
            "Functions that the model may call, each name once; only where the capability offers"
                + " tool calls.",
            Schema.ref(one))
        .items(0, ToolOptions.MOST);
  }

  static Schema toolChoice() {
    return toolChoice("ToolChoiceFunction");
  }

  static Schema responseToolChoice() {
    return toolChoice("ResponseToolChoice");
  }

  private static Schema toolChoice(String function) {
    return Schema.anyOf(
        "`auto` lets the model decide, `none` keeps the tools from it.",
        Schema.string("").values("none", "auto", "required"),
        Schema.ref(function));
  }

  static Schema functionName(String description) {
    return name(description);
  }

  static Schema toolCalls() {
    return Schema.array("What the assistant called.", Schema.ref("MessageToolCall"))
        .items(0, ToolOptions.MOST);
  }

  static Schema callId(String description) {
    return Schema.string(description)
        .pattern(CompletionBodies.LINE)
        .characters(1, ToolCall.LONGEST_ID);
  }

  private static Schema name(String description) {
    return Schema.string(description).pattern(NAME_PATTERN);
  }

  private static Schema tool() {
    return new BodySchema("Tool", ParameterTable.TOOL, "A tool.")
        .required("type", Schema.constant("function"))
        .required("function", Schema.ref("ToolFunction"))
        .build();
  }

  private static Schema function() {
    return described(
            new BodySchema(
                "ToolFunction", ParameterTable.FUNCTION, "A function that the caller runs."))
        .build();
  }

  private static Schema responseTool() {
    return described(
            new BodySchema(
                "ResponseTool", ParameterTable.RESPONSE_TOOL, "A function that the caller runs."))
        .required("type", Schema.constant("function"))
        .build();
  }

  private static Schema responseChoice() {
    return new BodySchema(
            "ResponseToolChoice",
            ParameterTable.RESPONSE_TOOL_CHOICE,
            "The function to be called, one of the tools.")
        .required("type", Schema.constant("function"))
        .required("name", name(""))
        .build();
  }

  private static BodySchema described(BodySchema function) {
    return function
        .required("name", name(""))
        .optional(
            "description",
            Schema.string("Tells the model what it is for.")
                .pattern(CompletionBodies.TEXT)
                .characters(0, ToolDefinition.LONGEST_DESCRIPTION))
        .optional(
            "parameters",
            Schema.object(
                "JSON Schema of the arguments, at most "
                    + ToolDefinition.LARGEST_SCHEMA
                    + " bytes."))
        .optional(
            "strict",
            Schema.flag(
                    "Keeps arguments to the schema, which must be one that structured output supports.")
                .byDefault(false));
  }

  private static Schema choice() {
    return new BodySchema(
            "ToolChoiceFunction", ParameterTable.TOOL_CHOICE, "The function to be called.")
        .required("type", Schema.constant("function"))
        .required("function", Schema.ref("ChosenFunction"))
        .build();
  }

  private static Schema chosen() {
    return new BodySchema("ChosenFunction", ParameterTable.CHOSEN_FUNCTION, "One of the tools.")
        .required("name", name(""))
        .build();
  }

  private static Schema call() {
    return new BodySchema("MessageToolCall", ParameterTable.TOOL_CALL, "A call.")
        .required("id", callId("As it was answered."))
        .required("type", Schema.constant("function"))
        .required("function", Schema.ref("CalledFunction"))
        .build();
  }

  private static Schema called() {
    return new BodySchema(
            "CalledFunction", ParameterTable.CALLED_FUNCTION, "What was called, and with what.")
        .required("name", name(""))
        .required(
            "arguments", Schema.string("A JSON object as text.").pattern(CompletionBodies.TEXT))
        .build();
  }

  private static Schema templateOptions() {
    return new BodySchema(
            "ChatTemplateOptions",
            ParameterTable.TEMPLATE_OPTIONS,
            "Variables of the model's chat template.")
        .optional(
            "enable_thinking",
            Schema.flag("Whether the model is to think, where its template can say so."))
        .optional("thinking", Schema.flag("The same by another name."))
        .build();
  }

  private static Schema answered() {
    Schema function =
        Schema.object("")
            .required("name", name(""))
            .required(
                "arguments",
                Schema.string("A JSON object as text, as the model wrote it: check it."));
    return Schema.object("A call that the model makes.")
        .required("id", Schema.string(""))
        .required("type", Schema.constant("function"))
        .required("function", function);
  }

  private static Schema piece() {
    Schema function =
        Schema.object("")
            .optional("name", name("With the first piece of a call."))
            .required("arguments", Schema.string("What comes next of them."));
    return Schema.object("A piece of a call.")
        .required("index", Schema.integer("Of the call.").atLeast(0))
        .optional("id", Schema.string("With the first piece of a call."))
        .optional("type", Schema.constant("function"))
        .required("function", function);
  }
}
