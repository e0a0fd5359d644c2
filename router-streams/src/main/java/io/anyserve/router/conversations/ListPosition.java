package io.anyserve.router.conversations;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.conversation.Conversation;
import java.util.Comparator;

/**
 * A place among the conversations of a tenant: those with a newer message come first.
 *
 * @param updated milliseconds since the epoch
 */
public record ListPosition(long updated, SessionId session) implements Comparable<ListPosition> {

  private static final Comparator<ListPosition> ORDER =
      Comparator.comparingLong(ListPosition::updated)
          .reversed()
          .thenComparing(ListPosition::session);

  static ListPosition of(Conversation conversation) {
    return new ListPosition(conversation.updated().toEpochMilli(), conversation.id().session());
  }

  @Override
  public int compareTo(ListPosition other) {
    return ORDER.compare(this, other);
  }
}
