package io.anyserve.loadtest.conversations;

import static io.anyserve.loadtest.conversations.GeneratedConversations.LARGE;
import static io.anyserve.loadtest.conversations.GeneratedConversations.RARE;
import static io.anyserve.loadtest.conversations.GeneratedConversations.SMALL;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;

/** Makes one call after the other. One thread uses it. */
final class ConversationCaller {

  private static final String TEXT = "How do you do? ".repeat(33);

  private final ConversationCalls calls;
  private final GeneratedConversations content;
  private final String name;
  private final int conversations;
  private final SplittableRandom random = new SplittableRandom(1);
  private String cursor = "";
  private int appended;

  /**
   * @param name of the caller, of which the sessions that it appends to are made
   * @param conversations that there are
   */
  ConversationCaller(
      ConversationCalls calls, GeneratedConversations content, String name, int conversations) {
    this.calls = calls;
    this.content = content;
    this.name = name;
    this.conversations = conversations;
  }

  void make(ConversationCall call) throws IOException, InterruptedException {
    switch (call) {
      case SMALL_PAGE -> {
        var _ = calls.sessions(SMALL, "", "");
      }
      case LARGE_PAGE -> {
        var _ = calls.sessions(LARGE, "", "");
      }
      case LARGE_NEXT_PAGES -> cursor = calls.sessions(LARGE, "", cursor).orElse("");
      case SMALL_SEARCH -> {
        var _ = calls.sessions(SMALL, RARE, "");
      }
      case LARGE_SEARCH -> {
        var _ = calls.sessions(LARGE, RARE, "");
      }
      case HISTORY ->
          calls.history(
              GeneratedConversations.ofLarge(
                  random.nextInt(GeneratedConversations.shareOfLarge(conversations))));
      case APPEND -> append();
    }
  }

  /** To one conversation until it is as long as the others, then to the next one. */
  private void append() {
    int chat = appended / content.messages();
    int index = appended % content.messages();
    appended++;
    calls.append(
        new ConversationId(LARGE, new SessionId(name + "-" + chat)),
        new ConversationMessage(
            GeneratedConversations.name(index),
            index == 0 ? Optional.empty() : Optional.of(GeneratedConversations.name(index - 1)),
            "user",
            new Payload.Text(TEXT),
            Optional.empty(),
            Instant.EPOCH));
  }
}
