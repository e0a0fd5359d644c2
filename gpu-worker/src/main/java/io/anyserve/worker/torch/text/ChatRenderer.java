package io.anyserve.worker.torch.text;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload.Chat;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.jinja.ChatTemplate;
import io.anyserve.jinja.TemplateMessage;
import io.anyserve.jinja.value.RenderedPrompt;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.worker.torch.model.ModelMetadata;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Renders conversations as transformers does: tools and calls as OpenAI writes them, with arguments
 * as an object, {@code enable_thinking}, and what was thought before as {@code reasoning_content}.
 *
 * @param variables special tokens that the template may name
 * @param shortIds the template takes no ids of calls but those of nine letters and digits
 * @param parts the template reads contents as lists of parts, as those of models with images do
 */
record ChatRenderer(
    ChatTemplate template, Map<String, ?> variables, boolean shortIds, boolean parts) {

  private static final String NO_PARAMETERS = "{\"type\": \"object\", \"properties\": {}}";

  /** Throws TemplateException where the template cannot be read. */
  static ChatRenderer of(ModelMetadata.ChatFormat format, boolean parts) throws TemplateException {
    return new ChatRenderer(
        ChatTemplate.parse(format.template()),
        Map.of(
            "add_generation_prompt",
            true,
            "bos_token",
            format.beginToken(),
            "eos_token",
            format.endToken()),
        format.template().contains("length != 9"),
        parts);
  }

  /** Throws TemplateException where the template refuses the conversation. */
  RenderedPrompt render(Chat chat) throws TemplateException {
    List<TemplateMessage> turns = chat.messages().stream().map(this::message).toList();
    Map<String, Object> all = new HashMap<>(variables);
    if (chat.tools().callable()) {
      all.put("tools", chat.tools().definitions().stream().map(ChatRenderer::tool).toList());
    }
    chat.thinking()
        .ifPresent(
            thinking -> {
              all.put("enable_thinking", thinking);
              all.put("thinking", thinking);
            });
    return template.render(turns, all);
  }

  private static Map<String, Object> tool(ToolDefinition tool) {
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", tool.name());
    function.put("description", tool.description());
    String schema = tool.parameters().isEmpty() ? NO_PARAMETERS : tool.parameters();
    function.put("parameters", JsonValues.object(schema));
    return function("type", "function", function);
  }

  private static Map<String, Object> function(
      String key, String value, Map<String, Object> function) {
    Map<String, Object> outer = new LinkedHashMap<>();
    outer.put(key, value);
    outer.put("function", function);
    return outer;
  }

  private TemplateMessage message(ChatMessage message) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (!message.reasoning().isEmpty()) {
      fields.put("reasoning_content", message.reasoning());
    }
    if (!message.toolCalls().isEmpty()) {
      fields.put("tool_calls", message.toolCalls().stream().map(this::call).toList());
    }
    if (!message.toolCallId().isEmpty()) {
      fields.put("tool_call_id", id(message.toolCallId()));
    }
    if (!message.name().isEmpty()) {
      fields.put("name", message.name());
    }
    Object content = parts ? parts(message) : message.content();
    return new TemplateMessage(message.role(), content, fields);
  }

  private static List<Map<String, String>> parts(ChatMessage message) {
    List<ContentPart> parts =
        message.parts().isEmpty()
            ? List.of(new ContentPart.Text(message.content()))
            : message.parts();
    return parts.stream().map(ChatRenderer::part).toList();
  }

  private static Map<String, String> part(ContentPart part) {
    return switch (part) {
      case ContentPart.Text(String text) -> Map.of("type", "text", "text", text);
      case ContentPart.Image _, ContentPart.StoredImage _ -> Map.of("type", "image");
    };
  }

  private Map<String, Object> call(ToolCall call) {
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", call.name());
    function.put("arguments", JsonValues.object(call.arguments()));
    Map<String, Object> outer = function("type", "function", function);
    outer.put("id", id(call.id()));
    return outer;
  }

  /** A call and its result keep the same id. */
  private String id(String id) {
    return shortIds ? ShortCallIds.of(id) : id;
  }
}
