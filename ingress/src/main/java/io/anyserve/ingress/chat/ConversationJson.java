package io.anyserve.ingress.chat;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.conversation.AnswerState;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.conversation.MessageOrigin;
import io.anyserve.ingress.grpc.ConversationClient.HistoryPage;
import io.anyserve.ingress.grpc.ConversationClient.ListPage;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiJson;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** Conversations and messages as JSON; times in seconds since the epoch, as OpenAI has them. */
final class ConversationJson {

  private static final String STATE = "state";

  private ConversationJson() {}

  static byte[] list(ListPage page) {
    return ApiJson.object(
        json -> {
          json.writeStringProperty("object", "list");
          json.writeArrayPropertyStart("data");
          for (Conversation conversation : page.conversations()) {
            json.writeStartObject();
            head(json, conversation);
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeBooleanProperty("has_more", !page.next().isEmpty());
          next(json, page.next());
        });
  }

  static byte[] conversation(Conversation conversation) {
    return ApiJson.object(json -> whole(json, conversation));
  }

  static byte[] history(HistoryPage page) {
    return ApiJson.object(
        json -> {
          whole(json, page.conversation());
          json.writeArrayPropertyStart("messages");
          for (ConversationMessage message : page.messages()) {
            json.writeStartObject();
            write(json, message);
            json.writeEndObject();
          }
          json.writeEndArray();
          next(json, page.next());
        });
  }

  private static void next(JsonGenerator json, String next) {
    if (!next.isEmpty()) {
      json.writeStringProperty("next_cursor", next);
    }
  }

  private static void whole(JsonGenerator json, Conversation conversation) {
    head(json, conversation);
    json.writeStringProperty("current", conversation.leaf().value());
  }

  private static void head(JsonGenerator json, Conversation conversation) {
    json.writeStringProperty("id", conversation.id().session().value());
    json.writeStringProperty("title", conversation.title());
    json.writeNumberProperty("created", conversation.created().getEpochSecond());
    json.writeNumberProperty("updated", conversation.updated().getEpochSecond());
  }

  private static void write(JsonGenerator json, ConversationMessage message) {
    json.writeStringProperty("id", message.id().value());
    Optional<String> parent = message.parent().map(MessageId::value);
    if (parent.isPresent()) {
      json.writeStringProperty("parent", parent.get());
    } else {
      json.writeNullProperty("parent");
    }
    json.writeStringProperty("role", message.role());
    json.writeStringProperty("content", text(message));
    json.writeNumberProperty("created", message.created().getEpochSecond());
    message
        .generation()
        .ifPresentOrElse(
            origin -> write(json, origin), () -> json.writeStringProperty(STATE, "complete"));
  }

  /** The text of a message; an object stays in the store. */
  static String text(ConversationMessage message) {
    return switch (message.content()) {
      case Payload.Text(String text) -> text;
      case Payload.ObjectReference _, Payload.Chat _, Payload.Bytes _ -> "";
    };
  }

  private static void write(JsonGenerator json, MessageOrigin origin) {
    json.writeStringProperty("model", origin.model());
    json.writeStringProperty("request", origin.request().toString());
    switch (origin.state()) {
      case AnswerState.Running _ -> json.writeStringProperty(STATE, "running");
      case AnswerState.Complete _ -> {
        taken(json, origin);
        json.writeStringProperty(STATE, "complete");
      }
      case AnswerState.Failed(Failure failure) -> {
        taken(json, origin);
        json.writeStringProperty(STATE, "failed");
        ApiJson.write(json, ApiError.of(failure));
      }
    }
  }

  private static void taken(JsonGenerator json, MessageOrigin origin) {
    ChatEvents.usage(json, origin.usage());
    origin.cost().ifPresent(cost -> ChatEvents.cost(json, cost));
  }
}
