package io.anyserve.router.conversations;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.conversation.Conversation;
import java.util.List;
import java.util.Optional;

/**
 * What an edit has done.
 *
 * @param conversation afterwards; empty where it is deleted
 * @param abandoned requests of answers that were running and have no message any more
 */
public record EditResult(Optional<Conversation> conversation, List<RequestId> abandoned) {

  static final EditResult NONE = new EditResult(Optional.empty(), List.of());

  public EditResult {
    abandoned = List.copyOf(abandoned);
  }

  static EditResult of(Conversation after) {
    return new EditResult(Optional.of(after), List.of());
  }

  static EditResult deleted(List<RequestId> abandoned) {
    return new EditResult(Optional.empty(), abandoned);
  }
}
