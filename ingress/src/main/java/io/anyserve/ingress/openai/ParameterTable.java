package io.anyserve.ingress.openai;

import io.anyserve.ingress.openai.ParameterRule.Honoured;
import io.anyserve.ingress.openai.ParameterRule.NotOffered;
import io.anyserve.ingress.openai.ParameterRule.WithoutEffect;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The one table of what is offered: every parameter that may be in a body, and what becomes of it.
 * All others are refused. What is not offered is refused by name, but for the values that ask for
 * nothing.
 */
public record ParameterTable(Map<String, ParameterRule> rules) {
  public static final ParameterTable STREAM_OPTIONS = new ParameterTable(streamOptions());
  public static final ParameterTable MESSAGE = new ParameterTable(message());
  public static final ParameterTable TEXT_PART = new ParameterTable(textPart());

  /** Of an image in a content, and of its URL. */
  public static final ParameterTable IMAGE_PART = new ParameterTable(only("type", "image_url"));

  public static final ParameterTable IMAGE_URL = new ParameterTable(only("url", "detail"));

  /** Of {@code tools}, and of the function in one. */
  public static final ParameterTable TOOL = new ParameterTable(only("type", "function"));

  public static final ParameterTable FUNCTION =
      new ParameterTable(only("name", "description", "parameters", "strict"));

  /** Of {@code tool_choice} that names a function, and of the function in it. */
  public static final ParameterTable TOOL_CHOICE = new ParameterTable(only("type", "function"));

  public static final ParameterTable CHOSEN_FUNCTION = new ParameterTable(only("name"));

  /** Of {@code tool_calls} in a message, and of the function in one. */
  public static final ParameterTable TOOL_CALL = new ParameterTable(toolCall());

  public static final ParameterTable CALLED_FUNCTION =
      new ParameterTable(only("name", "arguments"));

  /** Of {@code tools} of a response. */
  public static final ParameterTable RESPONSE_TOOL =
      new ParameterTable(only("type", "name", "description", "parameters", "strict"));

  /** Of {@code tool_choice} of a response that names a function. */
  public static final ParameterTable RESPONSE_TOOL_CHOICE =
      new ParameterTable(only("type", "name"));

  public static final ParameterTable TEMPLATE_OPTIONS =
      new ParameterTable(only("enable_thinking", "thinking"));

  public static final ParameterTable TOKENIZE = new ParameterTable(tokenize());
  public static final ParameterTable DETOKENIZE = new ParameterTable(detokenize());
  public static final ParameterTable EMBED = new ParameterTable(embed());

  /** Of {@code response_format}. */
  public static final ParameterTable RESPONSE_FORMAT = of("type", "json_schema");

  /** Of {@code response_format.json_schema}. */
  public static final ParameterTable JSON_SCHEMA = of("name", "description", "schema", "strict");

  /** Of {@code text.format}. */
  public static final ParameterTable TEXT_FORMAT =
      of("type", "name", "description", "schema", "strict");

  public static final ParameterTable STRUCTURED_OUTPUTS =
      of("json", "regex", "choice", "json_object");

  public static final ParameterTable RERANK =
      of("model", "query", "documents", "top_n", "return_documents", "user");

  public static final ParameterTable RERANK_DOCUMENT = of("text");

  private static final ParameterTable CHAT = new ParameterTable(chat());
  private static final ParameterTable TEXT = new ParameterTable(text());

  public ParameterTable {
    rules = Map.copyOf(rules);
  }

  public static ParameterTable of(CompletionKind kind) {
    return switch (kind) {
      case CHAT -> CHAT;
      case TEXT -> TEXT;
    };
  }

  /** Throws {@link ApiException} for the first parameter that is not offered. */
  public void check(BodyFields body) {
    for (Map.Entry<String, JsonNode> given : body.node().properties()) {
      check(body.at(given.getKey()), rules.get(given.getKey()), given.getValue());
    }
  }

  private static void check(String at, @Nullable ParameterRule rule, JsonNode value) {
    switch (rule) {
      case null -> {
        String name = BodyFields.printable(at);
        throw new ApiException(
            ApiError.unsupported(name, name + ": unknown (expected: no such parameter)"));
      }
      case Honoured _, WithoutEffect _ -> {}
      case NotOffered(Set<String> neutral) -> {
        if (!value.isNull() && !neutral.contains(value.toString())) {
          throw new ApiException(ApiError.unsupported(at, notOffered(at, value, neutral)));
        }
      }
    }
  }

  private static String notOffered(String name, JsonNode value, Set<String> neutral) {
    String expected =
        neutral.isEmpty()
            ? ""
            : ", or one of " + String.join(", ", neutral.stream().sorted().toList());
    return name
        + ": "
        + BodyFields.printable(value.toString())
        + " is not offered (expected: no such parameter"
        + expected
        + ")";
  }

  private static Map<String, ParameterRule> chat() {
    Map<String, ParameterRule> rules = shared();
    honoured(rules, "messages", "max_completion_tokens", "top_logprobs");
    honoured(rules, "tools", "tool_choice", "parallel_tool_calls");
    honoured(rules, "reasoning_effort", "chat_template_kwargs");
    notOffered(rules, "functions", "[]");
    notOffered(rules, "function_call", "\"none\"", "\"auto\"");
    notOffered(rules, "modalities", "[\"text\"]");
    notOffered(rules, "audio");
    notOffered(rules, "prediction");
    notOffered(rules, "web_search_options");
    notOffered(rules, "verbosity");
    notOffered(rules, "store", "false");
    return rules;
  }

  private static Map<String, ParameterRule> text() {
    Map<String, ParameterRule> rules = shared();
    honoured(rules, "prompt");
    notOffered(rules, "suffix", "\"\"");
    notOffered(rules, "echo", "false");
    notOffered(rules, "best_of", "1");
    return rules;
  }

  private static Map<String, ParameterRule> shared() {
    Map<String, ParameterRule> rules = new HashMap<>();
    honoured(
        rules,
        "model",
        "stream",
        "stream_options",
        "n",
        "stop",
        "seed",
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "typical_p",
        "presence_penalty",
        "frequency_penalty",
        "repetition_penalty",
        "stop_token_ids",
        "min_tokens",
        "max_tokens",
        "response_format",
        "structured_outputs",
        "ignore_eos",
        "logprobs",
        "logit_bias",
        "user",
        "metadata");
    withoutEffect(rules, "prompt_cache_key", "prompt_cache_retention", "safety_identifier");
    notOffered(rules, "service_tier", "\"auto\"", "\"default\"");
    return rules;
  }

  /** What clients send back of a message that they were answered is there, too. */
  private static Map<String, ParameterRule> message() {
    Map<String, ParameterRule> rules = new HashMap<>();
    honoured(rules, "role", "content", "name");
    honoured(rules, "reasoning", "reasoning_content", "tool_calls", "tool_call_id");
    notOffered(rules, "refusal", "\"\"");
    notOffered(rules, "function_call");
    notOffered(rules, "audio");
    notOffered(rules, "annotations", "[]");
    return rules;
  }

  private static Map<String, ParameterRule> textPart() {
    Map<String, ParameterRule> rules = new HashMap<>();
    honoured(rules, "type", "text");
    notOffered(rules, "annotations", "[]");
    return rules;
  }

  private static Map<String, ParameterRule> streamOptions() {
    Map<String, ParameterRule> rules = new HashMap<>();
    honoured(rules, "include_usage");
    withoutEffect(rules, "include_obfuscation");
    return rules;
  }

  /** Prompts of texts have no special tokens, and those of conversations the template's. */
  private static Map<String, ParameterRule> tokenize() {
    Map<String, ParameterRule> rules = new HashMap<>();
    honoured(rules, "model", "prompt", "messages", "tools", "chat_template_kwargs");
    withoutEffect(rules, "add_special_tokens");
    notOffered(rules, "add_generation_prompt", "true");
    notOffered(rules, "continue_final_message", "false");
    notOffered(rules, "return_token_strs", "false");
    notOffered(rules, "chat_template");
    return rules;
  }

  private static Map<String, ParameterRule> only(String... names) {
    Map<String, ParameterRule> rules = new HashMap<>();
    honoured(rules, names);
    return rules;
  }

  /** Clients that put a call together from a stream send its index back. */
  private static Map<String, ParameterRule> toolCall() {
    Map<String, ParameterRule> rules = only("id", "type", "function");
    withoutEffect(rules, "index");
    return rules;
  }

  private static Map<String, ParameterRule> detokenize() {
    Map<String, ParameterRule> rules = new HashMap<>();
    honoured(rules, "model", "tokens");
    return rules;
  }

  private static Map<String, ParameterRule> embed() {
    Map<String, ParameterRule> rules = new HashMap<>();
    honoured(rules, "model", "input", "encoding_format", "dimensions", "user");
    return rules;
  }

  private static ParameterTable of(String... names) {
    Map<String, ParameterRule> rules = new HashMap<>();
    honoured(rules, names);
    return new ParameterTable(rules);
  }

  public static void honoured(Map<String, ParameterRule> rules, String... names) {
    Arrays.stream(names).forEach(name -> rules.put(name, new Honoured()));
  }

  public static void withoutEffect(Map<String, ParameterRule> rules, String... names) {
    Arrays.stream(names).forEach(name -> rules.put(name, new WithoutEffect()));
  }

  public static void notOffered(Map<String, ParameterRule> rules, String name, String... neutral) {
    rules.put(name, new NotOffered(Set.of(neutral)));
  }
}
