package io.anyserve.ingress.http;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.response.ResponseSink;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.StreamHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes the events of one choice for the thread of its call. */
final class ChoiceSink implements ResponseSink {

  private static final Failure NO_TEXT =
      new Failure(
          FailureCode.UNIMPLEMENTED,
          "model: answers with data (expected: a model that writes text, or a call over gRPC)");

  private final int choice;
  private final boolean resumable;
  private final EventOutbox outbox;
  private volatile @Nullable ResponseStream stream;
  private volatile boolean gone;

  /**
   * @param resumable whether its client gets resume tokens
   */
  ChoiceSink(int choice, boolean resumable, EventOutbox outbox) {
    this.choice = choice;
    this.resumable = resumable;
    this.outbox = outbox;
  }

  /** Empty until it is opened. */
  Optional<StreamHandle> handle() {
    return Optional.ofNullable(stream).map(ResponseStream::handle);
  }

  @Override
  public boolean ready() {
    return outbox.hasRoom();
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
  public void started(int attempt, Started started) {
    outbox.put(new CallEvent.Begun(started));
  }

  @Override
  public void chunk(Chunk chunk) {
    if (chunk.payload().isPresent()) {
      outbox.put(new CallEvent.Broken(NO_TEXT));
    } else if (!chunk.delta().isEmpty() || !chunk.logprobs().isEmpty()) {
      outbox.put(new CallEvent.Piece(choice, chunk.delta(), chunk.logprobs(), resumeToken()));
    }
  }

  private String resumeToken() {
    @Nullable ResponseStream opened = stream;
    return resumable && opened != null ? opened.resumeToken() : "";
  }

  @Override
  public void finished(Finished finished) {
    outbox.put(new CallEvent.Complete(choice, finished));
  }

  @Override
  public void failed(Failure failure) {
    outbox.put(new CallEvent.Broken(failure));
  }

  /** There is room again. */
  void drain() {
    @Nullable ResponseStream opened = stream;
    if (opened != null) {
      opened.drain();
    }
  }

  /** The client left and may come back. */
  void leave() {
    gone = true;
    @Nullable ResponseStream opened = stream;
    if (opened != null) {
      opened.onDisconnect(CancelReason.CLIENT_GONE);
    }
  }

  /** Nobody wants the answer any more. */
  void cancel() {
    gone = true;
    @Nullable ResponseStream opened = stream;
    if (opened != null) {
      opened.cancel(CancelReason.CLIENT_GONE);
    }
  }
}
