package io.anyserve.ingress.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiJson;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** What clients are told, each event one frame of JSON. */
final class ChatEvents {

  private static final String TYPE = "type";
  private static final String ANSWER = "answer";

  private ChatEvents() {}

  /** What a refusal is about, as far as the client named it. */
  record Subject(Optional<String> message, Optional<String> answer) {}

  static String accepted(
      SessionId conversation,
      Optional<MessageId> message,
      MessageId answer,
      RequestId request,
      String model) {
    return text(
        json -> {
          json.writeStringProperty(TYPE, "accepted");
          json.writeStringProperty("conversation", conversation.value());
          message.ifPresent(asked -> json.writeStringProperty("message", asked.value()));
          json.writeStringProperty(ANSWER, answer.value());
          json.writeStringProperty("request", request.toString());
          json.writeStringProperty("model", model);
        });
  }

  static String delta(MessageId answer, String position, String piece) {
    return text(
        json -> {
          json.writeStringProperty(TYPE, "delta");
          json.writeStringProperty(ANSWER, answer.value());
          json.writeStringProperty("position", position);
          json.writeStringProperty("text", piece);
        });
  }

  static String finished(
      MessageId answer, String reason, TokenUsage usage, Optional<AnswerCost> cost) {
    return text(
        json -> {
          json.writeStringProperty(TYPE, "finished");
          json.writeStringProperty(ANSWER, answer.value());
          json.writeStringProperty("finish_reason", reason);
          usage(json, usage);
          cost.ifPresent(charged -> cost(json, charged));
        });
  }

  static String failed(Subject subject, ApiError error) {
    return text(
        json -> {
          json.writeStringProperty(TYPE, "failed");
          subject.answer().ifPresent(answer -> json.writeStringProperty(ANSWER, answer));
          subject.message().ifPresent(message -> json.writeStringProperty("message", message));
          ApiJson.write(json, error);
        });
  }

  static void usage(JsonGenerator json, TokenUsage usage) {
    json.writeObjectPropertyStart("usage");
    json.writeNumberProperty("prompt_tokens", usage.prompt());
    json.writeNumberProperty("completion_tokens", usage.completion());
    json.writeNumberProperty("cached", usage.cached());
    json.writeEndObject();
  }

  static void cost(JsonGenerator json, AnswerCost cost) {
    json.writeObjectPropertyStart("cost");
    json.writeNumberProperty("cost_micros", cost.micros());
    json.writeStringProperty("currency", cost.currency());
    json.writeStringProperty("price_version", cost.priceVersion());
    json.writeEndObject();
  }

  private static String text(Consumer<JsonGenerator> content) {
    return new String(ApiJson.object(content), UTF_8);
  }
}
