package io.anyserve.router.conversations;

import io.anyserve.contracts.FailureException;
import org.jspecify.annotations.Nullable;

/** An edit that waits to be written. Owned by whoever has the lock of the writer. */
final class PendingEdit {

  private final ConversationEdit edit;
  private EditResult after = EditResult.NONE;
  private @Nullable Throwable failure;
  private boolean done;

  PendingEdit(ConversationEdit edit) {
    this.edit = edit;
  }

  /** A refusal is kept for the caller and changes nothing. */
  void apply(ConversationEditor editor) {
    try {
      after = editor.apply(edit);
    } catch (FailureException e) {
      failure = e;
    }
  }

  /** What it changed is in the log and in the store. */
  void succeed() {
    done = true;
  }

  void fail(Throwable why) {
    failure = why;
    done = true;
  }

  boolean done() {
    return done;
  }

  /** Throws what it failed with. */
  EditResult result() {
    return switch (failure) {
      case null -> after;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    };
  }
}
