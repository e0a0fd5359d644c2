package io.anyserve.ingress.openai;

import io.anyserve.runtime.fuzz.JsonEdits;
import java.util.List;

/** Good bodies of calls, from which fuzz targets make others. */
public final class CallSeeds {

  private static final List<String> NAMES =
      List.of(
          "model",
          "messages",
          "prompt",
          "input",
          "n",
          "max_tokens",
          "max_completion_tokens",
          "max_output_tokens",
          "temperature",
          "top_p",
          "top_k",
          "presence_penalty",
          "stop",
          "seed",
          "frequency_penalty",
          "ignore_eos",
          "stream",
          "stream_options",
          "include_usage",
          "store",
          "background",
          "truncation",
          "text",
          "format",
          "instructions",
          "previous_response_id",
          "metadata",
          "user",
          "logprobs",
          "top_logprobs",
          "logit_bias",
          "tools",
          "tool_choice",
          "tool_calls",
          "tool_call_id",
          "function",
          "parameters",
          "arguments",
          "parallel_tool_calls",
          "reasoning_effort",
          "chat_template_kwargs",
          "enable_thinking",
          "role",
          "content",
          "type",
          "tokens",
          "echo",
          "suffix",
          "name",
          "reasoning",
          "annotations",
          "7",
          "-1",
          "");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "1",
          "-1",
          "16",
          "17",
          "0.5",
          "-0.0",
          "1e308",
          "1e-400",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "-9223372036854775808",
          "9223372036854775808",
          "123456789012345678901234567890",
          "\"\"",
          "\"a\"",
          "\"user\"",
          "\"system\"",
          "\"developer\"",
          "\"assistant\"",
          "\"tool\"",
          "\"function\"",
          "\"required\"",
          "\"none\"",
          "{\"name\":\"f\"}",
          "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}",
          "\"story\"",
          "\"STORY\"",
          "\"auto\"",
          "\"text\"",
          "\"input_text\"",
          "\"message\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\n\\t\"",
          "\"\\u2028\\ud83d\\ude00\"",
          "[]",
          "{}",
          "[null]",
          "[1,2]",
          "[\"a\",\"\"]",
          "{\"a\":\"b\"}",
          "{\"role\":\"user\",\"content\":\"x\"}",
          "{\"type\":\"text\",\"text\":\"x\"}",
          "{\"type\":\"input_text\",\"text\":\"x\"}",
          "{\"5\":100,\"6\":-100.5}",
          "\"{response}\"",
          "\"resp_00000000-0000-0000-0000-000000000001\"",
          "[[[[1]]]]");

  /** Of {@code /v1/chat/completions}. */
  public static final JsonEdits CHAT =
      edits(
          """
          {"model":"story","messages":[{"role":"user","content":"Once"}],"n":2,"max_tokens":5,\
          "temperature":0.5,"stop":["a"],"seed":1,"stream":true,"stream_options":{"include_usage":true},\
          "metadata":{"a":"b"},"user":"u","logprobs":true,"top_logprobs":2,"logit_bias":{"5":-1.5}}""",
          """
          {"model":"story","messages":[{"role":"system","content":[{"type":"text","text":"x"}]},\
          {"role":"assistant","content":"y"}],"tools":[],"response_format":{"type":"text"}}""",
          """
          {"model":"story","messages":[{"role":"user","content":"x","name":"n"},\
          {"role":"assistant","content":null,"reasoning":"r","tool_calls":[{"id":"c","type":"function",\
          "function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"z"}],\
          "tools":[{"type":"function","function":{"name":"f","description":"d",\
          "parameters":{"type":"object"},"strict":true}}],"tool_choice":"required",\
          "parallel_tool_calls":false,"chat_template_kwargs":{"enable_thinking":true}}""");

  /** Of {@code /v1/completions}. */
  public static final JsonEdits TEXT =
      edits(
          """
          {"model":"story","prompt":["Once","upon"],"top_p":0.1,"top_k":4,"ignore_eos":true,\
          "n":2,"seed":9223372036854775807,"presence_penalty":-2,"frequency_penalty":1e0,"logprobs":3}""",
          """
          {"model":"story","prompt":"Once","stream":true,"best_of":1,"echo":false,"suffix":""}""");

  /** Of {@code /v1/responses}. */
  public static final JsonEdits RESPONSE =
      edits(
          """
          {"model":"story","input":"Once","instructions":"Be short.","max_output_tokens":5,\
          "stream":true,"store":false,"truncation":"auto","metadata":{"a":"b"},"user":"u"}""",
          """
          {"model":"story","input":[{"type":"message","role":"developer","content":"x"},\
          {"role":"user","content":[{"type":"input_text","text":"a"},{"type":"output_text","text":"b",\
          "annotations":[]}]}],"previous_response_id":"{response}",\
          "background":true,"text":{"format":{"type":"text"}},"temperature":0.5,"top_p":1,"seed":-1}""",
          """
          {"model":"story","input":[{"role":"user","content":"x"},{"type":"reasoning","id":"r",\
          "summary":[],"content":[{"type":"reasoning_text","text":"t"}]},{"type":"function_call","call_id":"c",\
          "name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"z"}],\
          "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},\
          "strict":true}],"tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false}""");

  /** Of {@code /tokenize}. */
  public static final JsonEdits TOKENIZE =
      edits(
          """
          {"model":"story","prompt":"Once","add_special_tokens":false}""",
          """
          {"model":"story","messages":[{"role":"user","content":"Once"}]}""");

  /** Of {@code /detokenize}. */
  public static final JsonEdits DETOKENIZE =
      edits("{\"model\":\"story\",\"tokens\":[0,1,2147483647]}");

  private CallSeeds() {}

  private static JsonEdits edits(String... seeds) {
    return new JsonEdits(List.of(seeds), NAMES, VALUES);
  }
}
