package io.anyserve.ingress.description;

import java.util.Map;

/** What chats, completions, models and the tokenizer answer. */
final class CompletionSchemas {

  private static final String CREATED = "created";

  private CompletionSchemas() {}

  /** By the names of their components. */
  static void addTo(Map<String, Schema> schemas) {
    schemas.put("ChatCompletion", chat());
    schemas.put("ChatCompletionChunk", chatChunk());
    schemas.put("ChatLogprobs", chatLogprobs());
    schemas.put("TokenLogprob", token("A token and how likely it was."));
    schemas.put(
        "Completion", text("A whole answer.", reason()).required("usage", Schema.ref("Usage")));
    schemas.put(
        "CompletionChunk",
        text("An event of a stream.", reason().orNull())
            .optional("usage", Schema.ref("Usage").orNull()));
    schemas.put("TextLogprobs", textLogprobs());
    schemas.put("Usage", usage());
    schemas.put("Model", model());
    schemas.put("ModelList", models());
    schemas.put("Tokens", tokens());
    schemas.put("Prompt", prompt());
  }

  private static Schema head(String description, String id, String object) {
    return Schema.object(description)
        .required("id", Schema.string("").pattern("^" + id))
        .required("object", Schema.constant(object))
        .required(CREATED, ConversationSchemas.time("When the call came."))
        .required("model", Schema.string("As asked for."))
        .required(
            "system_fingerprint",
            Schema.string("Changes with the capability and the model that answers."));
  }

  private static Schema chat() {
    Schema message =
        Schema.object("The answer.")
            .required("role", Schema.constant("assistant"))
            .required(
                "content", Schema.string("Null where the answer is nothing but calls.").orNull())
            .required("refusal", Schema.nothing())
            .optional("reasoning", Schema.string("What the model thought before it answered."))
            .optional("reasoning_content", Schema.string("The same by its other name."))
            .optional("tool_calls", Schema.array("", Schema.ref("AnsweredToolCall")));
    Schema choice =
        Schema.object("")
            .required("index", Schema.integer("").atLeast(0))
            .required("message", message)
            .required("logprobs", Schema.ref("ChatLogprobs").orNull())
            .required("finish_reason", reason());
    return head("A whole answer.", "chatcmpl-", "chat.completion")
        .required("choices", Schema.array("", choice))
        .required("usage", Schema.ref("Usage"));
  }

  private static Schema chatChunk() {
    Schema delta =
        Schema.object("What is new.")
            .optional("role", Schema.constant("assistant"))
            .optional("content", Schema.string(""))
            .optional("reasoning", Schema.string("Never beside `content`."))
            .optional("reasoning_content", Schema.string("The same by its other name."))
            .optional("tool_calls", Schema.array("One.", Schema.ref("ToolCallPiece")));
    Schema choice =
        Schema.object("")
            .required("index", Schema.integer("").atLeast(0))
            .required("delta", delta)
            .required("logprobs", Schema.ref("ChatLogprobs").orNull())
            .required("finish_reason", reason().orNull());
    return head("An event of a stream.", "chatcmpl-", "chat.completion.chunk")
        .required("choices", Schema.array("One; none in the event that has the usage.", choice))
        .optional("usage", Schema.ref("Usage").orNull());
  }

  private static Schema text(String description, Schema reason) {
    Schema choice =
        Schema.object("")
            .required("index", Schema.integer("").atLeast(0))
            .required("text", Schema.string(""))
            .required("logprobs", Schema.ref("TextLogprobs").orNull())
            .required("finish_reason", reason);
    return head(description, "cmpl-", "text_completion")
        .required("choices", Schema.array("", choice));
  }

  private static Schema reason() {
    return Schema.string(
            "`length`: cut at its token limit or the model's context. `tool_calls`: the model wants"
                + " the results of its calls.")
        .values("stop", "length", "tool_calls");
  }

  private static Schema token(String description) {
    return Schema.object(description)
        .required("token", Schema.string("A part of a character is written as `bytes:\\xf0`."))
        .required("logprob", Schema.number("Natural logarithm; -9999 for everything below."))
        .required("bytes", Schema.array("In UTF-8.", Schema.integer("").range(0, 255)));
  }

  private static Schema chatLogprobs() {
    Schema position =
        token("A token of the answer.")
            .required(
                "top_logprobs",
                Schema.array(
                    "The likeliest at its place, best first.", Schema.ref("TokenLogprob")));
    return Schema.object("How likely the tokens were.")
        .required("content", Schema.array("", position))
        .required("refusal", Schema.nothing());
  }

  private static Schema textLogprobs() {
    return Schema.object("How likely the tokens were; the lists have the same length.")
        .required("tokens", Schema.array("", Schema.string("")))
        .required("token_logprobs", Schema.array("", Schema.number("")))
        .required(
            "top_logprobs",
            Schema.array("", Schema.object("By token.").properties(Schema.number(""))))
        .required("text_offset", Schema.array("In code points of the answer.", Schema.integer("")));
  }

  private static Schema usage() {
    Schema details =
        Schema.object("").required("cached_tokens", Schema.integer("Out of the cache.").atLeast(0));
    return Schema.object("The sum over the choices, as in the ledger.")
        .required("prompt_tokens", Schema.integer("").atLeast(0))
        .required("completion_tokens", Schema.integer("").atLeast(0))
        .required("total_tokens", Schema.integer("").atLeast(0))
        .required("prompt_tokens_details", details);
  }

  private static Schema model() {
    return Schema.object("A capability that live workers offer.")
        .required("id", Schema.string("").pattern(CompletionBodies.MODEL_PATTERN))
        .required("object", Schema.constant("model"))
        .required(CREATED, Schema.integer("Always 0: it is not known."))
        .required("owned_by", Schema.string(""))
        .optional(
            "max_model_len",
            Schema.integer("Tokens of prompt and answer; the shortest of its workers.").atLeast(1))
        .optional(
            "embedding_dimensions",
            Schema.integer("Of the vectors, where it embeds texts.").atLeast(1));
  }

  private static Schema models() {
    return Schema.object("The models, by id.")
        .required("object", Schema.constant("list"))
        .required("data", Schema.array("", Schema.ref("Model")));
  }

  private static Schema tokens() {
    return Schema.object("The tokens of a prompt.")
        .required("count", Schema.integer("").atLeast(0))
        .optional("max_model_len", Schema.integer("The model's context.").atLeast(1))
        .required("tokens", Schema.array("Token ids.", Schema.integer("").atLeast(0)))
        .required("token_strs", Schema.nothing());
  }

  private static Schema prompt() {
    return Schema.object("The text of tokens.").required("prompt", Schema.string(""));
  }
}
