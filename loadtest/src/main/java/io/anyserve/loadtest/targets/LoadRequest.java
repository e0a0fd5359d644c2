package io.anyserve.loadtest.targets;

import io.anyserve.contracts.ChatMessage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One request.
 *
 * @param messages what was said so far, the new one last
 * @param key API key; empty for none
 * @param tenant of a submission to the topic; empty for the default one
 */
public record LoadRequest(
    String capability,
    String session,
    List<ChatMessage> messages,
    int answerTokens,
    long seed,
    Optional<String> key,
    Optional<String> tenant) {

  public LoadRequest {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("messages: none (expected: at least one)");
    }
  }

  /** Everything that was said, as one text. */
  String text() {
    return messages.size() == 1
        ? messages.getFirst().content()
        : messages.stream().map(ChatMessage::content).collect(Collectors.joining("\n"));
  }
}
