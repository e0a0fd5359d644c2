package io.anyserve.ingress.openai;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.sampling.GenerationParameters;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a chat completion of messages that the server keeps, with the parameters of a client.
 * Throws {@link ApiException}.
 */
public final class ConversationCallReader {

  /** What the conversation says, not the parameters; it has no place for tool calls. */
  private static final Set<String> NOT_PARAMETERS =
      Set.of(
          "messages",
          "model",
          "n",
          "stream",
          "stream_options",
          "tools",
          "tool_choice",
          "parallel_tool_calls");

  private ConversationCallReader() {}

  /**
   * One streamed choice.
   *
   * @param parameters a JSON object; null counts as absent
   */
  public static CompletionCall read(
      String model, List<ChatMessage> messages, Optional<JsonNode> parameters, String session) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    parameters.ifPresent(given -> copy(new BodyFields("parameters.", given), body));
    body.put("model", model);
    body.put("stream", true);
    ArrayNode written = body.putArray("messages");
    for (ChatMessage message : messages) {
      written.addObject().put("role", message.role()).put("content", message.content());
    }
    return CompletionReader.read(
        CompletionKind.CHAT, new BodyFields("", body), Optional.of(session));
  }

  private static void copy(BodyFields parameters, ObjectNode body) {
    for (var given : parameters.node().properties()) {
      if (NOT_PARAMETERS.contains(given.getKey())) {
        String name = parameters.at(given.getKey());
        throw new ApiException(
            ApiError.unsupported(name, name + ": set (expected: no such parameter)"));
      }
      body.set(given.getKey(), given.getValue());
    }
  }

  /** Tokens that the answer of a call may have. */
  public static int mostTokens(CompletionCall call) {
    var parameters = call.choices().getFirst().getParameters();
    return parameters.hasMaxTokens()
        ? parameters.getMaxTokens()
        : GenerationParameters.DEFAULT_MAX_TOKENS;
  }
}
