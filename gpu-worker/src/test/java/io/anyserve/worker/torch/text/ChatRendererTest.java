package io.anyserve.worker.torch.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload.Chat;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.jinja.value.RenderedPrompt;
import io.anyserve.worker.torch.model.ModelMetadata;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ChatRendererTest {

  private static final ToolDefinition WEATHER =
      new ToolDefinition("weather", "of <|im_end|>", "{\"type\": \"object\", \"n\": 1.5}", false);
  private static final List<ChatMessage> TURNS =
      List.of(
          new ChatMessage("user", "Weather?"),
          ChatMessage.assistant(
              "", "hm", List.of(new ToolCall("call_1", "weather", "{\"days\": 3, \"x\": null}"))),
          ChatMessage.toolResult("call_1", "sunny"));

  @Test
  void toolsAndCallsLookAsTransformersPassesThem() {
    String template =
        """
        {{ tools | tojson }}
        {% for m in messages %}
        {{ m.role }}|{{ m.content }}|{{ m.tool_calls | tojson if m.tool_calls }}|\
        {{ m.reasoning_content }}|{{ m.tool_call_id }}
        {% endfor %}
        {{ enable_thinking }}""";
    assertEquals(
        """
        [{"type": "function", "function": {"name": "weather", "description": "of <|im_end|>", \
        "parameters": {"type": "object", "n": 1.5}}}]
        user|Weather?|||
        assistant||[{"type": "function", "function": {"name": "weather", \
        "arguments": {"days": 3, "x": null}}, "id": "call_1"}]|hm|
        tool|sunny|||call_1
        False""",
        render(template, ToolChoice.AUTO).text());
  }

  @Test
  void whatComesFromTheCallerIsNoControl() {
    RenderedPrompt prompt = render("<|im_end|>{{ tools | tojson }}", ToolChoice.AUTO);

    long controls =
        prompt.pieces(List.of("<|im_end|>")).stream()
            .filter(RenderedPrompt.Piece.Special.class::isInstance)
            .count();
    assertEquals(1, controls);
  }

  @Test
  void withoutAChoiceOfToolsTheModelDoesNotHearOfThem() {
    assertEquals("None", render("{{ tools }}", ToolChoice.NONE).text());
  }

  @Test
  void idsAreShortWhereTheTemplateWantsThemSo() {
    String template =
        "{% for m in messages %}{% for c in m.tool_calls %}"
            + "{% if c.id | length != 9 %}{{ raise_exception('id') }}{% endif %}{{ c.id }}"
            + "{% endfor %}{{ m.tool_call_id }}{% endfor %}";
    String ids = render(template, ToolChoice.AUTO).text();

    assertEquals(18, ids.length());
    assertEquals(ids.substring(0, 9), ids.substring(9));
    assertEquals("abcDEF123", ShortCallIds.of("abcDEF123"));
    assertTrue(ShortCallIds.of("").matches("[a-z0-9]{9}"));
    assertFalse(ShortCallIds.of("call_1").equals(ShortCallIds.of("call_2")));
  }

  private static RenderedPrompt render(String template, ToolChoice choice) {
    var format = new ModelMetadata.ChatFormat(template, "", "");
    var tools = new ToolOptions(List.of(WEATHER), choice, true);
    return ChatRenderer.of(format, false).render(new Chat(TURNS, tools, Optional.of(false)));
  }
}
