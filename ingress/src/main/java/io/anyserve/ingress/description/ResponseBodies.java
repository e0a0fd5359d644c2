package io.anyserve.ingress.description;

import io.anyserve.ingress.openai.response.ResponseParameters;
import java.util.Map;

/** The bodies of {@code POST /v1/responses} and below it. */
final class ResponseBodies {

  private final CompletionBodies completions;

  ResponseBodies(CompletionBodies completions) {
    this.completions = completions;
  }

  /** By the names of their components. */
  void addTo(Map<String, Schema> schemas) {
    schemas.put("ResponseRequest", body());
    schemas.put("ResponseInputRequest", inputRequest());
    schemas.put("ResponseInputMessage", message());
    schemas.put("ResponseInputPart", part());
    schemas.put("ResponseFunctionCall", call());
    schemas.put("ResponseFunctionCallOutput", callOutput());
    schemas.put("ResponseReasoningInput", reasoning());
    schemas.put("ResponseReasoningPart", reasoningPart());
    schemas.put("ResponseText", text());
    schemas.put("ResponseStreamOptions", streamOptions());
  }

  private Schema body() {
    var body =
        new BodySchema(
            "ResponseRequest", ResponseParameters.BODY, "A response that is to be made.");
    SamplingSchemas.addTo(body);
    return body.required("model", CompletionBodies.model())
        .required("input", input())
        .optional("instructions", instructions())
        .optional("previous_response_id", previous())
        .optional("max_output_tokens", completions.maxTokens("Most tokens of the answer."))
        .optional("seed", CompletionBodies.seed(""))
        .optional("stream", Schema.flag("Answer with server-sent events.").byDefault(false))
        .optional("stream_options", Schema.ref("ResponseStreamOptions"))
        .optional(
            "store",
            Schema.flag("Keep the response, so that it can be asked for later.").byDefault(true))
        .optional(
            "background",
            Schema.flag("Go on without the client; not with `\"store\": false`.").byDefault(false))
        .optional("truncation", truncation())
        .optional("text", Schema.ref("ResponseText"))
        .optional("tools", ToolSchemas.responseTools())
        .optional("tool_choice", ToolSchemas.responseToolChoice())
        .optional("parallel_tool_calls", parallel())
        .optional("metadata", Schema.ref("Metadata"))
        .optional("user", CompletionBodies.label("Kept as the label `user` of the ledger entry."))
        .build()
        .all(Schema.part().with("not", backgroundThatIsNotStored()));
  }

  private static Schema inputRequest() {
    return new BodySchema(
            "ResponseInputRequest", ResponseParameters.INPUT, "The input of a response.")
        .required("model", CompletionBodies.model())
        .required("input", input())
        .optional("instructions", instructions())
        .optional("previous_response_id", previous())
        .optional("truncation", truncation())
        .optional("text", Schema.ref("ResponseText"))
        .optional("tools", ToolSchemas.responseTools())
        .optional("tool_choice", ToolSchemas.responseToolChoice())
        .optional("parallel_tool_calls", parallel())
        .build();
  }

  private static Schema parallel() {
    return Schema.flag("Whether the model may call more than one function.").byDefault(true);
  }

  private static Schema instructions() {
    return text("Stands before all messages.");
  }

  private static Schema previous() {
    return text("The response whose conversation goes on.");
  }

  private static Schema truncation() {
    return Schema.string(
            "`auto` leaves out the oldest messages where they do not fit the model's context;"
                + " `disabled` refuses them.")
        .values("auto", "disabled")
        .byDefault("disabled");
  }

  private static Schema backgroundThatIsNotStored() {
    return Schema.part()
        .required("background", Schema.is(true))
        .required("store", Schema.is(false));
  }

  private static Schema input() {
    return Schema.anyOf(
        "A message of the user, or items, oldest first; a call, or a message or an output that is"
            + " not empty, is among them.",
        text("").nonEmpty(),
        Schema.array(
                "",
                Schema.anyOf(
                    "",
                    Schema.ref("ResponseInputMessage"),
                    Schema.ref("ResponseFunctionCall"),
                    Schema.ref("ResponseFunctionCallOutput"),
                    Schema.ref("ResponseReasoningInput")))
            .with("minItems", 1)
            .with("contains", something()));
  }

  private static Schema something() {
    return Schema.anyOf(
        "",
        CompletionBodies.property("content", CompletionBodies.notEmpty())
            .required("role", Schema.part()),
        CompletionBodies.property("output", CompletionBodies.notEmpty()),
        CompletionBodies.property("type", Schema.constant("function_call")));
  }

  private static Schema call() {
    return new BodySchema(
            "ResponseFunctionCall",
            ResponseParameters.FUNCTION_CALL,
            "A call of the assistant; that of an earlier output can be sent back as it is.")
        .required("type", Schema.constant("function_call"))
        .required("call_id", ToolSchemas.callId("As it was answered."))
        .required("name", ToolSchemas.functionName(""))
        .required("arguments", text("A JSON object as text."))
        .build();
  }

  private static Schema callOutput() {
    return new BodySchema(
            "ResponseFunctionCallOutput",
            ResponseParameters.FUNCTION_CALL_OUTPUT,
            "What a function gave back.")
        .required("type", Schema.constant("function_call_output"))
        .required("call_id", ToolSchemas.callId("Of the call."))
        .required(
            "output",
            Schema.anyOf(
                "A text, or parts that are joined by line breaks.",
                text(""),
                Schema.array("", Schema.ref("ResponseInputPart"))))
        .build();
  }

  private static Schema reasoning() {
    return new BodySchema(
            "ResponseReasoningInput",
            ResponseParameters.REASONING,
            "What the assistant thought before the next item; that of an earlier output can be"
                + " sent back as it is.")
        .required("type", Schema.constant("reasoning"))
        .optional("content", Schema.array("", Schema.ref("ResponseReasoningPart")))
        .optional(
            "summary",
            Schema.array("Counts without `content`.", Schema.ref("ResponseReasoningPart")))
        .build();
  }

  private static Schema reasoningPart() {
    return new BodySchema("ResponseReasoningPart", ResponseParameters.PART, "A part of reasoning.")
        .required("type", Schema.string("").values("reasoning_text", "summary_text"))
        .required("text", text(""))
        .build();
  }

  private Schema message() {
    return new BodySchema(
            "ResponseInputMessage",
            ResponseParameters.MESSAGE,
            "A message; an item of an earlier output can be sent back as it is.")
        .optional("type", Schema.constant("message"))
        .required(
            "role",
            Schema.string("`developer` is the same as `system`.")
                .values("system", "developer", "user", "assistant"))
        .required(
            "content",
            Schema.anyOf(
                "A text, or parts that are joined by line breaks.",
                completions.content(),
                Schema.array("", Schema.ref("ResponseInputPart"))))
        .build();
  }

  private static Schema part() {
    return new BodySchema("ResponseInputPart", ResponseParameters.PART, "A part of a message.")
        .required("type", Schema.string("").values("input_text", "output_text"))
        .required("text", text(""))
        .build();
  }

  private static Schema text() {
    return new BodySchema("ResponseText", ResponseParameters.TEXT, "The form of the answer.")
        .optional("format", Schema.ref("ResponseTextFormat"))
        .build();
  }

  private static Schema streamOptions() {
    return new BodySchema(
            "ResponseStreamOptions", ResponseParameters.STREAM_OPTIONS, "Nothing has an effect.")
        .build();
  }

  private static Schema text(String description) {
    return Schema.string(description).pattern(CompletionBodies.TEXT);
  }
}
