package io.anyserve.ingress.openai.response;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.codec.ChatCodec;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.ingress.openai.ParameterNames;
import io.anyserve.ingress.openai.TokenizationCall;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.Inference;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import io.anyserve.v1.RequestKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * What a client asks for with {@code POST /v1/responses}.
 *
 * @param request with the model, the parameters, the labels and the tools, but no messages and no
 *     session
 * @param input what the client adds, at least one item
 * @param format of the answer's text, as the client wrote it
 */
public record ResponseCall(
    Inference request,
    List<InputItem> input,
    Options options,
    Labels labels,
    Optional<JsonNode> format) {

  public ResponseCall {
    input = List.copyOf(input);
  }

  /**
   * How the response is made and kept.
   *
   * @param instructions that stand before all messages
   * @param previous id of the response that this one goes on from
   * @param stream whether the answer comes as events
   * @param store whether it can be asked for later
   * @param background whether it goes on without its client
   * @param truncates whether old messages may be left out to fit the model's context
   */
  public record Options(
      Optional<String> instructions,
      Optional<String> previous,
      boolean stream,
      boolean store,
      boolean background,
      boolean truncates) {}

  /**
   * What the client notes about the response.
   *
   * @param metadata in the order of its names
   */
  public record Labels(Map<String, String> metadata, Optional<String> user) {}

  /** As asked for. */
  public String model() {
    return request.getCapability();
  }

  /** As the client set it. */
  public OptionalInt maxOutputTokens() {
    Parameters parameters = request.getParameters();
    return parameters.hasMaxTokens()
        ? OptionalInt.of(parameters.getMaxTokens())
        : OptionalInt.empty();
  }

  /** As the client set it. */
  public OptionalDouble temperature() {
    Parameters parameters = request.getParameters();
    return parameters.hasTemperature()
        ? OptionalDouble.of(parameters.getTemperature())
        : OptionalDouble.empty();
  }

  /** As the client set it. */
  public OptionalDouble topP() {
    Parameters parameters = request.getParameters();
    return parameters.hasTopP() ? OptionalDouble.of(parameters.getTopP()) : OptionalDouble.empty();
  }

  /** The tools, the choice among them and how many may be called. */
  public ToolOptions tools() {
    return ChatCodec.tools(request.getInput().getChat());
  }

  /** The question how many tokens these messages have. */
  public TokenizationCall counting(List<ChatMessage> messages, Optional<String> session) {
    Inference question =
        with(messages, session).toBuilder().setKind(RequestKind.REQUEST_KIND_TOKENIZE).build();
    return new TokenizationCall(model(), ParameterNames.RESPONSE, question);
  }

  /** The request for these messages. */
  public Inference with(List<ChatMessage> messages, Optional<String> session) {
    ChatMessages.Builder chat = request.getInput().getChat().toBuilder();
    messages.forEach(message -> chat.addMessages(ChatCodec.write(message)));
    Inference.Builder inference = request.toBuilder().setInput(Payload.newBuilder().setChat(chat));
    session.ifPresent(inference::setSession);
    return inference.build();
  }
}
