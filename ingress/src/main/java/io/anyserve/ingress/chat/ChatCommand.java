package io.anyserve.ingress.chat;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.conversation.MessageId;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a client asks for in one frame. */
sealed interface ChatCommand {

  /**
   * How an answer shall be made.
   *
   * @param system instructions that go before the messages of the conversation and stay out of it
   * @param parameters as of a chat completion
   */
  record AnswerOptions(String model, Optional<String> system, Optional<JsonNode> parameters) {}

  /**
   * A new message of the user, and an answer to it.
   *
   * @param parent empty where it begins the conversation, or another version of it
   */
  record Send(
      SessionId conversation,
      MessageId message,
      Optional<MessageId> parent,
      String content,
      AnswerOptions answer)
      implements ChatCommand {}

  /** Another answer to a message of the user. */
  record Regenerate(SessionId conversation, MessageId message, AnswerOptions answer)
      implements ChatCommand {}

  record Stop(MessageId answer) implements ChatCommand {}

  /**
   * The rest of an answer.
   *
   * @param position of the last piece that came; empty for all of it
   */
  record Resume(SessionId conversation, MessageId answer, Optional<String> position)
      implements ChatCommand {}
}
