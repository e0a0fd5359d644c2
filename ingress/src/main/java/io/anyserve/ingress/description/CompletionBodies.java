package io.anyserve.ingress.description;

import io.anyserve.contracts.image.ImageLimits;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.ingress.admission.RequestCaps;
import io.anyserve.ingress.admission.RequestValidator;
import io.anyserve.ingress.openai.CompletionKind;
import io.anyserve.ingress.openai.CompletionReader;
import io.anyserve.ingress.openai.ParameterTable;
import java.util.Map;

/** The bodies of chats, completions and calls of the tokenizer. */
final class CompletionBodies {

  static final String MODEL_PATTERN = "^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$";

  /** JSON strings without NUL; JSON Schema cannot exclude unpaired surrogates. */
  static final String TEXT = "^[^\\u0000]*$";

  /** Text on one line. */
  static final String LINE = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

  private static final int MOST_OF_TEXT_LOGPROBS = 5;
  private static final int LABELS = 16;
  private static final int LABEL_NAME = 64;
  private static final int LABEL_VALUE = 256;

  private final RequestCaps caps;

  /**
   * @param caps of messages and answers
   */
  CompletionBodies(RequestCaps caps) {
    this.caps = caps;
  }

  /** By the names of their components. */
  void addTo(Map<String, Schema> schemas) {
    schemas.put("ChatCompletionRequest", chat());
    schemas.put("CompletionRequest", text());
    schemas.put("ChatMessage", message());
    schemas.put("TextPart", textPart());
    schemas.put("ImagePart", imagePart());
    schemas.put("StreamOptions", streamOptions());
    schemas.put("Metadata", metadata());
    schemas.put("LogitBias", logitBias());
    OutputFormatSchemas.addTo(schemas);
    schemas.put("TokenizeRequest", tokenize());
    schemas.put("DetokenizeRequest", detokenize());
    ToolSchemas.addTo(schemas);
  }

  private Schema chat() {
    var body =
        new BodySchema(
            "ChatCompletionRequest",
            ParameterTable.of(CompletionKind.CHAT),
            "A conversation to be answered.");
    body.required("model", model()).required("messages", messages());
    shared(body);
    return body.optional("max_completion_tokens", maxTokens("Most tokens of the answer."))
        .optional("logprobs", Schema.flag("Tell how likely each token was.").byDefault(false))
        .optional(
            "top_logprobs",
            Schema.integer("That many of the likeliest tokens, too; only with `logprobs`.")
                .range(0, GenerationParameters.MAX_LOGPROBS))
        .optional("tools", ToolSchemas.tools())
        .optional("tool_choice", ToolSchemas.toolChoice())
        .optional(
            "parallel_tool_calls",
            Schema.flag("Whether an answer may have more than one call.").byDefault(true))
        .optional(
            "reasoning_effort",
            Schema.string("`none` asks the model not to think; no other value is offered.")
                .values("none"))
        .optional("chat_template_kwargs", Schema.ref("ChatTemplateOptions"))
        .build()
        .all(
            implies(property("tool_choice", Schema.constant("required")), someTools()),
            implies(property("tool_choice", Schema.object("")), someTools()),
            streamOptionsNeedStream(),
            implies(property("top_logprobs", minimum(1)), set("logprobs")));
  }

  private Schema text() {
    var body =
        new BodySchema(
            "CompletionRequest",
            ParameterTable.of(CompletionKind.TEXT),
            "A text, or several, to go on from.");
    body.required("model", model()).required("prompt", prompt());
    shared(body);
    return body.optional(
            "logprobs",
            Schema.oneOf(
                "Tell how likely each token was and that many of the likeliest ones; `false` asks"
                    + " for nothing.",
                Schema.integer("").range(0, MOST_OF_TEXT_LOGPROBS),
                Schema.is(false)))
        .build()
        .all(
            streamOptionsNeedStream(),
            choices(2),
            choices(3),
            choices(4),
            choices(5),
            choices(6),
            choices(9));
  }

  /** What chats and completions have in common. */
  private void shared(BodySchema body) {
    SamplingSchemas.addTo(body);
    body.optional("max_tokens", maxTokens("Most tokens of the answer."))
        .optional("stream", Schema.flag("Answer with server-sent events.").byDefault(false))
        .optional("stream_options", Schema.ref("StreamOptions"))
        .optional(
            "n",
            Schema.integer("Choices for each prompt; each is billed as a request of its own.")
                .range(1, CompletionReader.MOST_CHOICES)
                .byDefault(1))
        .optional("seed", seed("Choice `i` has `seed + i`."))
        .optional("response_format", Schema.ref("ResponseFormat"))
        .optional("structured_outputs", Schema.ref("StructuredOutputs"))
        .optional("logit_bias", Schema.ref("LogitBias"))
        .optional("user", label("Kept as the label `user` of the ledger entry."))
        .optional("metadata", Schema.ref("Metadata"));
  }

  static Schema model() {
    return Schema.string("A capability of `GET /v1/models`.")
        .pattern(MODEL_PATTERN)
        .example("story");
  }

  private static Schema messages() {
    Schema some = Schema.array("", Schema.part()).with("minItems", 1);
    return Schema.array(
            "The conversation, oldest message first; one of them is not empty.",
            Schema.ref("ChatMessage"))
        .items(1, RequestValidator.MAX_MESSAGES)
        .with(
            "contains",
            Schema.anyOf("", property("content", notEmpty()), property("tool_calls", some)));
  }

  private static Schema someTools() {
    return property("tools", Schema.array("", Schema.part()).with("minItems", 1));
  }

  /** Of a content: empty parts that are joined have line breaks between them. */
  static Schema notEmpty() {
    Schema part = property("text", Schema.string("").nonEmpty());
    return Schema.anyOf(
        "",
        Schema.string("").nonEmpty(),
        Schema.array("", Schema.part()).with("minItems", 2),
        Schema.array("", Schema.part()).with("contains", part));
  }

  private Schema message() {
    return new BodySchema("ChatMessage", ParameterTable.MESSAGE, "One message of a conversation.")
        .required(
            "role",
            Schema.string("`developer` is the same as `system`.")
                .values("system", "developer", "user", "assistant", "tool"))
        .optional(
            "content",
            Schema.anyOf(
                "A text, or parts: texts, which are joined by line breaks where there is no image, and"
                    + " in a user's message images.",
                content(),
                Schema.array(
                    "", Schema.anyOf("", Schema.ref("TextPart"), Schema.ref("ImagePart")))))
        .optional(
            "name",
            Schema.string("Whose message it is, such as the tool's name.")
                .pattern(LINE)
                .characters(0, LABEL_NAME))
        .optional("reasoning", thought("What the assistant thought before it answered."))
        .optional("reasoning_content", thought("The same by its other name."))
        .optional("tool_calls", ToolSchemas.toolCalls())
        .optional("tool_call_id", ToolSchemas.callId("Of the call that a tool's message answers."))
        .build()
        .all(
            implies(
                property("role", role("system", "developer", "user", "tool")), given("content")),
            implies(property("role", role("tool")), given("tool_call_id")),
            implies(given("tool_call_id"), property("role", role("tool"))),
            implies(
                property("tool_calls", Schema.array("", Schema.part()).with("minItems", 1)),
                property("role", role("assistant"))));
  }

  private static Schema role(String... roles) {
    return Schema.string("").values(roles);
  }

  private static Schema thought(String description) {
    return Schema.string(description).pattern(TEXT);
  }

  Schema content() {
    Schema content = Schema.string("").pattern(TEXT);
    return caps.messageCharacters() < Integer.MAX_VALUE
        ? content.characters(0, caps.messageCharacters())
        : content;
  }

  private static Schema textPart() {
    return new BodySchema("TextPart", ParameterTable.TEXT_PART, "A part of a message.")
        .required("type", Schema.constant("text"))
        .required("text", Schema.string("").pattern(TEXT))
        .build();
  }

  private static Schema imagePart() {
    return new BodySchema("ImagePart", ParameterTable.IMAGE_PART, "An image for a model that sees.")
        .required("type", Schema.constant("image_url"))
        .required("image_url", imageUrl())
        .build();
  }

  private static Schema imageUrl() {
    return new BodySchema("ImageUrl", ParameterTable.IMAGE_URL, "PNG or JPEG.")
        .required(
            "url",
            Schema.string(
                    ("A data URL of at most %d bytes and %d pixels, %d in a request; other URLs are"
                            + " not fetched.")
                        .formatted(
                            ImageLimits.MOST_BYTES,
                            ImageLimits.MOST_PIXELS,
                            ImageLimits.MOST_IMAGES))
                .pattern("^data:image/(png|jpe?g);base64,[A-Za-z0-9+/]+={0,2}$"))
        .optional("detail", Schema.string("The model's own either way.").values("auto", "high"))
        .build();
  }

  private static Schema streamOptions() {
    return new BodySchema(
            "StreamOptions", ParameterTable.STREAM_OPTIONS, "Only with `\"stream\": true`.")
        .optional(
            "include_usage",
            Schema.flag("End the stream with an event that has the usage.").byDefault(false))
        .build();
  }

  private static Schema prompt() {
    return Schema.anyOf(
        "A text or several; tokens are not offered.",
        Schema.string("").pattern(TEXT).nonEmpty(),
        Schema.array("", Schema.string("").pattern(TEXT).nonEmpty())
            .items(1, CompletionReader.MOST_CHOICES));
  }

  /** The limit on the answer, of all ways to ask for it. */
  Schema maxTokens(String description) {
    int most = caps.trimAnswers() ? GenerationParameters.MAX_TOKENS : caps.answerTokens();
    return Schema.integer(description)
        .range(1, most)
        .byDefault(Math.min(most, GenerationParameters.DEFAULT_MAX_TOKENS));
  }

  static Schema seed(String more) {
    return Schema.integer(("The same seed draws the same answer. " + more).strip())
        .format("int64")
        .with("minimum", Long.MIN_VALUE)
        .with("maximum", Long.MAX_VALUE);
  }

  static Schema label(String description) {
    return Schema.string(description).pattern(LINE).characters(0, LABEL_VALUE);
  }

  private static Schema metadata() {
    return Schema.object("Labels of the ledger entry.")
        .with("maxProperties", LABELS)
        .with("propertyNames", Schema.part().pattern(LINE).characters(1, LABEL_NAME))
        .properties(label(""));
  }

  private static Schema logitBias() {
    return Schema.object("Added to the logits of tokens, by token id.")
        .with("maxProperties", LogitBias.MAX_TOKENS)
        .with("propertyNames", Schema.part().pattern("^(0|[1-9][0-9]{0,8})$"))
        .properties(Schema.number("").range(-LogitBias.MOST, LogitBias.MOST));
  }

  private static Schema tokenize() {
    return new BodySchema(
            "TokenizeRequest", ParameterTable.TOKENIZE, "A text or a conversation to be counted.")
        .required("model", model())
        .optional("prompt", Schema.string("").pattern(TEXT).nonEmpty())
        .optional("messages", messages())
        .optional("tools", ToolSchemas.tools())
        .optional("chat_template_kwargs", Schema.ref("ChatTemplateOptions"))
        .build()
        .either(given("prompt"), given("messages"));
  }

  private static Schema detokenize() {
    return new BodySchema(
            "DetokenizeRequest", ParameterTable.DETOKENIZE, "Tokens to be written as a text.")
        .required("model", model())
        .required(
            "tokens",
            Schema.array("Token ids.", Schema.integer("").range(0, Integer.MAX_VALUE))
                .with("minItems", 1))
        .build();
  }

  // What JSON Schema says of several parameters together.

  private static Schema streamOptionsNeedStream() {
    return implies(given("stream_options"), set("stream"));
  }

  /** Where there are so many prompts, each may have only so many choices. */
  private static Schema choices(int prompts) {
    Schema many = Schema.array("", Schema.part()).with("minItems", prompts);
    int most = CompletionReader.MOST_CHOICES / prompts;
    Schema few = Schema.part().optional("n", Schema.part().atMost(most));
    return implies(property("prompt", many), few);
  }

  static Schema implies(Schema condition, Schema consequence) {
    return Schema.part().with("if", condition).with("then", consequence);
  }

  /** That property is there and not null. */
  static Schema given(String name) {
    return property(name, Schema.part().with("not", Schema.nothing()));
  }

  /** That property is there and true. */
  private static Schema set(String name) {
    return property(name, Schema.is(true));
  }

  static Schema property(String name, Schema schema) {
    return Schema.part().required(name, schema);
  }

  private static Schema minimum(int least) {
    return Schema.integer("").atLeast(least);
  }
}
