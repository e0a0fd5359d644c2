package io.anyserve.router.conversations;

import io.anyserve.contracts.conversation.Conversation;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** Of all conversations that it is offered, keeps the first ones behind a position. */
final class NewestConversations {

  private static final Comparator<Conversation> ORDER = Comparator.comparing(ListPosition::of);

  private final Optional<ListPosition> after;
  private final int most;
  private final PriorityQueue<Conversation> kept = new PriorityQueue<>(ORDER.reversed());

  NewestConversations(Optional<ListPosition> after, int most) {
    this.after = after;
    this.most = most;
  }

  void offer(Conversation conversation) {
    boolean behind = after.isEmpty() || after.get().compareTo(ListPosition.of(conversation)) < 0;
    if (behind && kept.size() < most) {
      kept.add(conversation);
    } else if (behind && ORDER.compare(conversation, kept.element()) < 0) {
      kept.remove();
      kept.add(conversation);
    }
  }

  List<Conversation> inOrder() {
    return kept.stream().sorted(ORDER).toList();
  }
}
