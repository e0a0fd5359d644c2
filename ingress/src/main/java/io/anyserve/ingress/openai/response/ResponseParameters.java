package io.anyserve.ingress.openai.response;

import io.anyserve.ingress.openai.ParameterRule;
import io.anyserve.ingress.openai.ParameterTable;
import java.util.HashMap;
import java.util.Map;

/** The tables of what is offered in the body of {@code POST /v1/responses} and below it. */
public final class ResponseParameters {

  public static final ParameterTable BODY = new ParameterTable(body());
  public static final ParameterTable INPUT = new ParameterTable(input());
  public static final ParameterTable TEXT = new ParameterTable(text());
  public static final ParameterTable STREAM_OPTIONS = new ParameterTable(streamOptions());
  public static final ParameterTable MESSAGE = new ParameterTable(message());
  public static final ParameterTable PART = new ParameterTable(part());
  public static final ParameterTable FUNCTION_CALL = item("type", "call_id", "name", "arguments");
  public static final ParameterTable FUNCTION_CALL_OUTPUT = item("type", "call_id", "output");
  public static final ParameterTable REASONING = item("type", "content", "summary");

  private ResponseParameters() {}

  private static Map<String, ParameterRule> body() {
    Map<String, ParameterRule> rules = new HashMap<>();
    ParameterTable.honoured(
        rules,
        "model",
        "input",
        "instructions",
        "previous_response_id",
        "max_output_tokens",
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "typical_p",
        "presence_penalty",
        "frequency_penalty",
        "repetition_penalty",
        "stop",
        "stop_token_ids",
        "min_tokens",
        "seed",
        "ignore_eos",
        "stream",
        "stream_options",
        "store",
        "background",
        "truncation",
        "text",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "metadata",
        "user");
    ParameterTable.withoutEffect(
        rules,
        "max_tool_calls",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "safety_identifier");
    ParameterTable.notOffered(rules, "include", "[]");
    ParameterTable.notOffered(rules, "reasoning", "{}", "{\"effort\":\"none\"}");
    ParameterTable.notOffered(rules, "service_tier", "\"auto\"", "\"default\"");
    ParameterTable.notOffered(rules, "top_logprobs", "0");
    ParameterTable.notOffered(rules, "context_management", "[]");
    ParameterTable.notOffered(rules, "conversation");
    ParameterTable.notOffered(rules, "prompt");
    ParameterTable.notOffered(rules, "moderation");
    ParameterTable.notOffered(rules, "access_programs", "[]");
    return rules;
  }

  private static Map<String, ParameterRule> input() {
    Map<String, ParameterRule> rules = new HashMap<>();
    ParameterTable.honoured(
        rules,
        "model",
        "input",
        "instructions",
        "previous_response_id",
        "truncation",
        "text",
        "tools",
        "tool_choice",
        "parallel_tool_calls");
    ParameterTable.notOffered(rules, "reasoning", "{}", "{\"effort\":\"none\"}");
    ParameterTable.notOffered(rules, "conversation");
    ParameterTable.notOffered(rules, "personality");
    return rules;
  }

  private static Map<String, ParameterRule> text() {
    Map<String, ParameterRule> rules = new HashMap<>();
    ParameterTable.honoured(rules, "format");
    ParameterTable.notOffered(rules, "verbosity", "\"medium\"");
    return rules;
  }

  private static Map<String, ParameterRule> streamOptions() {
    Map<String, ParameterRule> rules = new HashMap<>();
    ParameterTable.withoutEffect(rules, "include_obfuscation");
    return rules;
  }

  /** What clients send back of an output item is there, too. */
  private static Map<String, ParameterRule> message() {
    Map<String, ParameterRule> rules = new HashMap<>();
    ParameterTable.honoured(rules, "type", "role", "content");
    ParameterTable.withoutEffect(rules, "id", "status", "phase");
    return rules;
  }

  /** As an item of an output is sent back. */
  private static ParameterTable item(String... names) {
    Map<String, ParameterRule> rules = new HashMap<>();
    ParameterTable.honoured(rules, names);
    ParameterTable.withoutEffect(rules, "id", "status", "encrypted_content");
    return new ParameterTable(rules);
  }

  private static Map<String, ParameterRule> part() {
    Map<String, ParameterRule> rules = new HashMap<>();
    ParameterTable.honoured(rules, "type", "text");
    ParameterTable.notOffered(rules, "annotations", "[]");
    ParameterTable.notOffered(rules, "logprobs", "[]");
    return rules;
  }
}
