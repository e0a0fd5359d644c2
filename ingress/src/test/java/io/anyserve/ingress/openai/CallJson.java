package io.anyserve.ingress.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.codec.TokenIdsCodec;
import io.anyserve.ingress.openai.response.InputItem;
import io.anyserve.ingress.openai.response.ResponseCall;
import io.anyserve.v1.ChatMessage;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.Inference;
import io.anyserve.v1.OutputFormat;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import io.anyserve.v1.ToolCall;
import io.anyserve.v1.ToolChoice;
import io.anyserve.v1.ToolDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes calls as a client would, so that reading them again must give the same call. */
final class CallJson {

  private static final String USER = "user";
  private static final String MAX_TOKENS = "max_tokens";

  private static final Set<String> SAME = Set.of("top_k", "min_tokens");

  private CallJson() {}

  static byte[] of(CompletionCall call) {
    Inference first = call.choices().getFirst();
    ObjectNode body = body(first);
    int n = repeats(call.choices());
    body.put("n", n);
    body.put("stream", call.stream());
    if (call.includeUsage()) {
      body.putObject("stream_options").put("include_usage", true);
    }
    labels(body, first.getLabelsMap());
    parameters(body, call.kind(), first.getParameters());
    Optional.ofNullable(body.remove(MAX_TOKENS))
        .ifPresent(most -> body.set(call.names().maxTokens(), most));
    switch (call.kind()) {
      case CHAT -> messages(body, first.getInput());
      case TEXT -> {
        ArrayNode prompts = body.putArray("prompt");
        for (int i = 0; i < call.choices().size(); i += n) {
          prompts.add(call.choices().get(i).getInput().getText());
        }
      }
    }
    return bytes(body);
  }

  /** How often each prompt comes: the seeds of its choices count up. */
  private static int repeats(List<Inference> choices) {
    if (!choices.getFirst().getParameters().hasSeed()) {
      return choices.getFirst().getInput().hasChat() ? choices.size() : 1;
    }
    long seed = choices.getFirst().getParameters().getSeed();
    int n = 1;
    while (n < choices.size() && choices.get(n).getParameters().getSeed() == seed + n) {
      n++;
    }
    return n;
  }

  static byte[] of(ResponseCall call) {
    ObjectNode body = body(call.request());
    call.options().instructions().ifPresent(text -> body.put("instructions", text));
    call.options().previous().ifPresent(id -> body.put("previous_response_id", id));
    body.put("stream", call.options().stream());
    body.put("store", call.options().store());
    body.put("background", call.options().background());
    body.put("truncation", call.options().truncates() ? "auto" : "disabled");
    call.labels().metadata().forEach(body.putObject("metadata")::put);
    call.labels().user().ifPresent(user -> body.put(USER, user));
    sampling(body, call.request().getParameters());
    call.format().ifPresent(format -> body.putObject("text").set("format", format));
    tools(body, call.request().getInput().getChat());
    call.maxOutputTokens().ifPresent(most -> body.put("max_output_tokens", most));
    ArrayNode input = body.putArray("input");
    for (InputItem item : call.input()) {
      item(input.addObject(), item);
    }
    return bytes(body);
  }

  private static void item(ObjectNode written, InputItem item) {
    switch (item) {
      case InputItem.Message(String role, List<String> texts) ->
          parts(written.put("role", role).putArray("content"), "input_text", texts);
      case InputItem.FunctionCall(String callId, String name, String arguments) ->
          written
              .put("type", "function_call")
              .put("call_id", callId)
              .put("name", name)
              .put("arguments", arguments);
      case InputItem.FunctionCallOutput(String callId, List<String> texts) ->
          parts(
              written.put("type", "function_call_output").put("call_id", callId).putArray("output"),
              "input_text",
              texts);
      case InputItem.Reasoning(List<String> texts) ->
          parts(written.put("type", "reasoning").putArray("content"), "reasoning_text", texts);
    }
  }

  private static void parts(ArrayNode parts, String type, List<String> texts) {
    texts.forEach(text -> parts.addObject().put("type", type).put("text", text));
  }

  private static void tools(ObjectNode body, ChatMessages chat) {
    messages(body, Payload.newBuilder().setChat(chat).build());
    body.remove("messages");
    for (JsonNode tool : body.path("tools")) {
      flatten((ObjectNode) tool);
    }
    if (body.path("tool_choice") instanceof ObjectNode choice) {
      flatten(choice);
    }
  }

  /** What a chat has in an object a response has beside the type. */
  private static void flatten(ObjectNode outer) {
    outer.setAll((ObjectNode) outer.remove("function"));
  }

  static byte[] of(TokenizationCall call) {
    ObjectNode body = body(call.request());
    switch (call.request().getKind()) {
      case REQUEST_KIND_DETOKENIZE -> tokens(body, call.request().getInput());
      default -> {
        if (call.request().getInput().hasChat()) {
          messages(body, call.request().getInput());
        } else {
          body.put("prompt", call.request().getInput().getText());
        }
      }
    }
    return bytes(body);
  }

  private static void tokens(ObjectNode body, Payload input) {
    TokenIds ids = TokenIdsCodec.read(PayloadCodec.read(input));
    ArrayNode tokens = body.putArray("tokens");
    ids.stream().forEach(tokens::add);
  }

  private static ObjectNode body(Inference request) {
    return JsonNodeFactory.instance.objectNode().put("model", request.getCapability());
  }

  private static void messages(ObjectNode body, Payload input) {
    ArrayNode messages = body.putArray("messages");
    ChatMessages chat = input.getChat();
    chat.getMessagesList().forEach(message -> message(messages.addObject(), message));
    if (chat.getToolsCount() > 0) {
      ArrayNode tools = body.putArray("tools");
      chat.getToolsList().forEach(tool -> tool(tools.addObject(), tool));
    }
    if (chat.hasToolChoice()) {
      choice(body, chat.getToolChoice());
    }
    if (chat.hasParallelToolCalls()) {
      body.put("parallel_tool_calls", chat.getParallelToolCalls());
    }
    if (chat.hasThinking()) {
      body.putObject("chat_template_kwargs").put("enable_thinking", chat.getThinking());
    }
  }

  private static void message(ObjectNode written, ChatMessage message) {
    written.put("role", message.getRole()).put("content", message.getContent());
    written.put("name", message.getName());
    if (!message.getReasoning().isEmpty()) {
      written.put("reasoning", message.getReasoning());
    }
    if (!message.getToolCallId().isEmpty()) {
      written.put("tool_call_id", message.getToolCallId());
    }
    for (ToolCall call : message.getToolCallsList()) {
      written
          .withArray("tool_calls")
          .addObject()
          .put("id", call.getId())
          .put("type", "function")
          .putObject("function")
          .put("name", call.getName())
          .put("arguments", call.getArguments());
    }
  }

  private static void tool(ObjectNode written, ToolDefinition tool) {
    ObjectNode function = written.put("type", "function").putObject("function");
    function.put("name", tool.getName()).put("description", tool.getDescription());
    if (!tool.getParameters().isEmpty()) {
      function.set("parameters", StrictJson.parse(tool.getParameters().getBytes(UTF_8)));
    }
    function.put("strict", tool.getStrict());
  }

  private static void choice(ObjectNode body, ToolChoice choice) {
    switch (choice.getChoiceCase()) {
      case FUNCTION ->
          body.putObject("tool_choice")
              .put("type", "function")
              .putObject("function")
              .put("name", choice.getFunction());
      case AUTO -> body.put("tool_choice", "auto");
      case NONE -> body.put("tool_choice", "none");
      case REQUIRED -> body.put("tool_choice", "required");
      case CHOICE_NOT_SET -> {}
    }
  }

  private static void labels(ObjectNode body, Map<String, String> labels) {
    Map<String, String> metadata = new TreeMap<>(labels);
    if (labels.containsKey(USER)) {
      body.put(USER, metadata.remove(USER));
    }
    ObjectNode written = body.putObject("metadata");
    metadata.forEach(written::put);
  }

  private static void parameters(ObjectNode body, CompletionKind kind, Parameters given) {
    sampling(body, given);
    if (given.hasMaxTokens()) {
      body.put(MAX_TOKENS, given.getMaxTokens());
    }
    format(body, given.getOutputFormat());
    if (given.hasLogprobs()) {
      switch (kind) {
        case CHAT -> body.put("logprobs", true).put("top_logprobs", given.getLogprobs());
        case TEXT -> body.put("logprobs", given.getLogprobs());
      }
    }
    ObjectNode bias = body.putObject("logit_bias");
    given.getLogitBiasMap().forEach((token, amount) -> bias.put(token.toString(), amount));
  }

  private static void format(ObjectNode body, OutputFormat format) {
    switch (format.getFormatCase()) {
      case JSON_OBJECT -> body.putObject("response_format").put("type", "json_object");
      case JSON_SCHEMA -> body.putObject("structured_outputs").put("json", format.getJsonSchema());
      case REGEX -> body.putObject("structured_outputs").put("regex", format.getRegex());
      case FORMAT_NOT_SET -> body.putObject("response_format").put("type", "text");
    }
  }

  /** What has the same name there, and where the answer ends. */
  private static void sampling(ObjectNode body, Parameters given) {
    given
        .getAllFields()
        .forEach(
            (field, value) -> {
              switch (value) {
                case Double number -> body.put(field.getName(), number);
                case Long number -> body.put(field.getName(), number);
                case Integer number when SAME.contains(field.getName()) ->
                    body.put(field.getName(), number);
                default -> {}
              }
            });
    given.getStopList().forEach(body.putArray("stop")::add);
    given.getStopTokenIdsList().forEach(body.putArray("stop_token_ids")::add);
    body.put("ignore_eos", given.getIgnoreEos());
  }

  private static byte[] bytes(ObjectNode body) {
    return body.toString().getBytes(UTF_8);
  }
}
