package io.anyserve.ingress.chat;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiJson;
import io.anyserve.ingress.response.ResponseSink;
import io.anyserve.ingress.response.ResponseStream;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands one answer to one socket, at the pace of its client. The answer goes on without it.
 * Thread-safe.
 */
final class SocketSink implements ResponseSink {

  private static final String STOPPED = "cancelled";

  private final MessageId answer;
  private final SocketOutbox outbox;
  private final Consumer<End> last;
  private volatile @Nullable ResponseStream stream;
  private volatile boolean released;
  private volatile boolean gone;
  private @Nullable Terminal end;

  /** The last frame of an answer. */
  interface End {

    /** With the cost of the answer, where that is known. */
    String frame(Optional<AnswerCost> cost);
  }

  /**
   * Takes nothing yet.
   *
   * @param last takes how it ends; must not block
   */
  SocketSink(MessageId answer, SocketOutbox outbox, Consumer<End> last) {
    this.answer = answer;
    this.outbox = outbox;
    this.last = last;
  }

  MessageId answer() {
    return answer;
  }

  /** The client has been told of the answer. */
  void release() {
    released = true;
    drain();
  }

  /** There is room again. */
  void drain() {
    @Nullable ResponseStream opened = stream;
    if (opened != null) {
      opened.drain();
    }
  }

  /** Its client left, or follows the answer by another one. */
  void leave() {
    gone = true;
    @Nullable ResponseStream opened = stream;
    if (opened != null) {
      opened.onDisconnect(CancelReason.CLIENT_GONE);
    }
  }

  @Override
  public boolean ready() {
    return released && outbox.hasRoom();
  }

  @Override
  public void opened(ResponseStream opened) {
    stream = opened;
    if (gone) {
      opened.onDisconnect(CancelReason.CLIENT_GONE);
    }
  }

  @Override
  public void accepted() {}

  @Override
  public void started(int attempt, Started started) {}

  @Override
  public void chunk(Chunk chunk) {
    @Nullable ResponseStream opened = stream;
    if (opened != null && !chunk.text().isEmpty()) {
      outbox.put(ChatEvents.delta(answer, opened.resumeToken(), chunk.text()));
    }
  }

  @Override
  public void ended(Terminal terminal, Instant at) {
    end = terminal;
  }

  @Override
  public void finished(Finished finished) {
    finished(ApiJson.reason(finished.reason()), finished.usage());
  }

  @Override
  public void failed(Failure failure) {
    if (end instanceof Cancelled(CancelReason reason, TokenUsage usage, var _)
        && reason == CancelReason.EXPLICIT) {
      finished(STOPPED, usage);
    } else {
      var subject = new ChatEvents.Subject(Optional.empty(), Optional.of(answer.value()));
      last.accept(_ -> ChatEvents.failed(subject, ApiError.of(failure)));
    }
  }

  private void finished(String reason, TokenUsage usage) {
    last.accept(cost -> ChatEvents.finished(answer, reason, usage, cost));
  }
}
