package io.anyserve.ingress.description;

import java.util.Map;

/** Responses, their items and the events of their streams. */
final class ResponseSchemas {

  private static final String OUTPUT_INDEX = "output_index";

  private ResponseSchemas() {}

  /** By the names of their components. */
  static void addTo(Map<String, Schema> schemas) {
    schemas.put("Response", response());
    schemas.put("ResponseUsage", usage());
    schemas.put("ResponseOutputItem", outputItem());
    schemas.put("ResponseOutputMessage", outputMessage());
    schemas.put("ResponseOutputCall", outputCall());
    schemas.put("ResponseOutputReasoning", outputReasoning());
    schemas.put("ResponseReasoningText", reasoningText());
    schemas.put("ResponseOutputText", outputText());
    schemas.put("ResponseDeleted", deleted());
    schemas.put("ResponseInputTokens", inputTokens());
    schemas.put("ResponseInputItem", inputItem());
    schemas.put("ResponseInputItemList", inputItems());
    schemas.put("ResponseEvent", event());
  }

  private static Schema inputTokens() {
    return Schema.object("How long a prompt would be.")
        .required("object", Schema.constant("response.input_tokens"))
        .required("input_tokens", Schema.integer("").atLeast(0));
  }

  private static Schema response() {
    Schema error =
        Schema.object("Why it failed.")
            .required("code", Schema.string(""))
            .required("message", Schema.string(""));
    Schema incomplete = Schema.object("").required("reason", Schema.constant("max_output_tokens"));
    Schema format = Schema.object("").required("type", Schema.constant("text"));
    return Schema.object("A response as it stands.")
        .required("id", id("Of the response."))
        .required("object", Schema.constant("response"))
        .required("created_at", ConversationSchemas.time("When its call came."))
        .required(
            "status",
            Schema.string("")
                .values("queued", "in_progress", "completed", "incomplete", "failed", "cancelled"))
        .required("background", Schema.flag("Whether it goes on without its client."))
        .required("completed_at", ConversationSchemas.time("When it was completed.").orNull())
        .required("error", error.orNull())
        .required("incomplete_details", incomplete.orNull())
        .required("instructions", Schema.string("").orNull())
        .required("max_tool_calls", Schema.nothing())
        .required("model", Schema.string("As asked for."))
        .required("output", Schema.array("The answer.", Schema.ref("ResponseOutputItem")))
        .required("parallel_tool_calls", Schema.flag(""))
        .required("previous_response_id", id("That it goes on from.").orNull())
        .required("reasoning", Schema.nothing())
        .required("service_tier", Schema.constant("default"))
        .required("store", Schema.flag("Whether it is kept."))
        .required("max_output_tokens", Schema.integer("As asked for.").orNull())
        .required("temperature", Schema.number("As asked for.").orNull())
        .required("top_p", Schema.number("As asked for.").orNull())
        .required("text", Schema.object("").required("format", format))
        .required("tool_choice", toolChoice())
        .required("tools", Schema.array("As asked for.", tool()))
        .required("top_logprobs", Schema.integer("Always 0."))
        .required("truncation", Schema.string("").values("auto", "disabled"))
        .required("usage", Schema.ref("ResponseUsage").orNull())
        .required("user", Schema.string("").orNull())
        .required("metadata", Schema.object("").properties(Schema.string("")));
  }

  private static Schema id(String description) {
    return Schema.string(description).pattern("^resp_");
  }

  private static Schema usage() {
    Schema input =
        Schema.object("")
            .required("cached_tokens", Schema.integer("Out of the cache.").atLeast(0))
            .required("cache_write_tokens", Schema.integer("Always 0."));
    Schema output = Schema.object("").required("reasoning_tokens", Schema.integer("Always 0."));
    return Schema.object("As in the ledger.")
        .required("input_tokens", Schema.integer("").atLeast(0))
        .required("input_tokens_details", input)
        .required("output_tokens", Schema.integer("").atLeast(0))
        .required("output_tokens_details", output)
        .required("total_tokens", Schema.integer("").atLeast(0));
  }

  private static Schema toolChoice() {
    return Schema.anyOf(
        "As asked for.",
        Schema.string("").values("none", "auto", "required"),
        Schema.object("")
            .required("type", Schema.constant("function"))
            .required("name", ToolSchemas.functionName("")));
  }

  private static Schema tool() {
    return Schema.object("")
        .required("type", Schema.constant("function"))
        .required("name", ToolSchemas.functionName(""))
        .required("description", Schema.string("").orNull())
        .required("parameters", Schema.object("").orNull())
        .required("strict", Schema.flag(""));
  }

  private static Schema outputItem() {
    return Schema.oneOf(
        "An item of the output.",
        Schema.ref("ResponseOutputMessage"),
        Schema.ref("ResponseOutputCall"),
        Schema.ref("ResponseOutputReasoning"));
  }

  private static Schema itemStatus() {
    return Schema.string("").values("in_progress", "completed", "incomplete");
  }

  private static Schema outputCall() {
    return Schema.object("A function that the model calls.")
        .required("id", Schema.string("").pattern("^fc_"))
        .required("type", Schema.constant("function_call"))
        .required("status", itemStatus())
        .required("call_id", Schema.string("By which its output is sent back."))
        .required("name", ToolSchemas.functionName(""))
        .required("arguments", Schema.string("A JSON object as text, as the model wrote it."));
  }

  private static Schema outputReasoning() {
    return Schema.object("What the model thought.")
        .required("id", Schema.string("").pattern("^rs_"))
        .required("type", Schema.constant("reasoning"))
        .required("status", itemStatus())
        .required("summary", Schema.array("Always empty.", Schema.any("")))
        .required("content", Schema.array("", Schema.ref("ResponseReasoningText")));
  }

  private static Schema reasoningText() {
    return Schema.object("A text of reasoning.")
        .required("type", Schema.constant("reasoning_text"))
        .required("text", Schema.string(""));
  }

  private static Schema outputMessage() {
    return Schema.object("The answer as an item of the output.")
        .required("id", Schema.string("").pattern("^msg_"))
        .required("type", Schema.constant("message"))
        .required("status", itemStatus())
        .required("role", Schema.constant("assistant"))
        .required("content", Schema.array("", Schema.ref("ResponseOutputText")));
  }

  private static Schema outputText() {
    return Schema.object("A text of an answer.")
        .required("type", Schema.constant("output_text"))
        .required("text", Schema.string(""))
        .required("annotations", Schema.array("Always empty.", Schema.any("")))
        .required("logprobs", Schema.array("Always empty.", Schema.any("")));
  }

  private static Schema deleted() {
    return Schema.object("A response that is forgotten.")
        .required("id", id(""))
        .required("object", Schema.constant("response"))
        .required("deleted", Schema.is(true));
  }

  private static Schema inputItem() {
    Schema call =
        Schema.object("")
            .required("id", Schema.string("").pattern("^fc_"))
            .required("type", Schema.constant("function_call"))
            .required("status", Schema.constant("completed"))
            .required("call_id", Schema.string(""))
            .required("name", Schema.string(""))
            .required("arguments", Schema.string(""));
    Schema output =
        Schema.object("")
            .required("id", Schema.string("").pattern("^fco_"))
            .required("type", Schema.constant("function_call_output"))
            .required("status", Schema.constant("completed"))
            .required("call_id", Schema.string(""))
            .required("output", Schema.string(""));
    return Schema.oneOf(
        "An item of a response's own input.",
        inputMessage(),
        call,
        output,
        Schema.ref("ResponseOutputReasoning"));
  }

  private static Schema inputMessage() {
    Schema inputText =
        Schema.object("")
            .required("type", Schema.constant("input_text"))
            .required("text", Schema.string(""));
    return Schema.object("A message of a response's own input.")
        .required("id", Schema.string("").pattern("^msg_"))
        .required("type", Schema.constant("message"))
        .required("status", Schema.constant("completed"))
        .required("role", Schema.string("").values("system", "developer", "user", "assistant"))
        .required(
            "content",
            Schema.array("", Schema.oneOf("", inputText, Schema.ref("ResponseOutputText"))));
  }

  private static Schema inputItems() {
    return Schema.object("A page of a response's own input.")
        .required("object", Schema.constant("list"))
        .required("data", Schema.array("", Schema.ref("ResponseInputItem")))
        .required("first_id", Schema.string("").orNull())
        .required("last_id", Schema.string("").orNull())
        .required("has_more", Schema.flag("Whether items follow."));
  }

  private static Schema event() {
    return Schema.oneOf(
        "An event of a response's stream. `type` is also the name of the event.",
        whole(),
        item(),
        place("response.content_part.added", "response.content_part.done")
            .required(
                "part",
                Schema.oneOf(
                    "", Schema.ref("ResponseOutputText"), Schema.ref("ResponseReasoningText"))),
        text("response.output_text.delta", "delta"),
        text("response.output_text.done", "text"),
        place("response.reasoning_text.delta").required("delta", Schema.string("")),
        place("response.reasoning_text.done").required("text", Schema.string("")),
        itemPlace("response.function_call_arguments.delta").required("delta", Schema.string("")),
        itemPlace("response.function_call_arguments.done")
            .required("arguments", Schema.string(""))
            .required("name", Schema.string("")),
        numbered("error")
            .required("code", Schema.string(""))
            .required("message", Schema.string(""))
            .required("param", Schema.string("").orNull()));
  }

  private static Schema numbered(String... types) {
    return Schema.object("")
        .required("type", Schema.string("").values(types))
        .required("sequence_number", Schema.integer("From 0, each one more.").atLeast(0));
  }

  private static Schema whole() {
    return numbered(
            "response.created",
            "response.in_progress",
            "response.completed",
            "response.incomplete",
            "response.failed")
        .required("response", Schema.ref("Response"));
  }

  private static Schema item() {
    return numbered("response.output_item.added", "response.output_item.done")
        .required(OUTPUT_INDEX, Schema.integer(""))
        .required("item", Schema.ref("ResponseOutputItem"));
  }

  private static Schema itemPlace(String... types) {
    return numbered(types)
        .required("item_id", Schema.string("").pattern("^(msg|rs|fc)_"))
        .required(OUTPUT_INDEX, Schema.integer(""));
  }

  private static Schema place(String... types) {
    return itemPlace(types).required("content_index", Schema.integer(""));
  }

  private static Schema text(String type, String field) {
    return place(type)
        .required(field, Schema.string(""))
        .required("logprobs", Schema.array("Always empty.", Schema.any("")));
  }
}
