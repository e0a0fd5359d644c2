package io.anyserve.router.conversations;

import io.anyserve.contracts.conversation.ConversationMessage;
import java.util.ArrayList;
import java.util.List;

/** Takes messages as long as they fit a page: in number, and in bytes so that a call carries it. */
final class MessagePageBuilder {

  private static final long MOST_BYTES = 1 << 20;

  private final int size;
  private final List<ConversationMessage> messages = new ArrayList<>();
  private long bytes;
  private boolean more;

  MessagePageBuilder(int size) {
    this.size = size;
  }

  /** Returns whether it fits. The first one always does. */
  boolean add(ConversationMessage message) {
    long with = bytes + message.content().size();
    more = messages.size() == size || (with > MOST_BYTES && !messages.isEmpty());
    if (!more) {
      messages.add(message);
      bytes = with;
    }
    return !more;
  }

  List<ConversationMessage> messages() {
    return List.copyOf(messages);
  }

  /** Whether one did not fit. */
  boolean more() {
    return more;
  }
}
