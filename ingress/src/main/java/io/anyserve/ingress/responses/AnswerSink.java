package io.anyserve.ingress.responses;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.http.CallEvent;
import io.anyserve.ingress.http.EventOutbox;
import io.anyserve.ingress.response.ResponseSink;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.StreamHandle;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes the events of an answer for the thread that reads them. */
final class AnswerSink implements ResponseSink {

  /** The answer is data and can be read over gRPC only. */
  static final Failure NO_TEXT =
      new Failure(
          FailureCode.UNIMPLEMENTED,
          "model: answers with data (expected: a model that writes text, or a call over gRPC)");

  private final EventOutbox outbox;
  private volatile @Nullable ResponseStream stream;

  AnswerSink(EventOutbox outbox) {
    this.outbox = outbox;
  }

  /** Of the request, which is there from the first event on. */
  StreamHandle handle() {
    return Objects.requireNonNull(stream, "events come behind the opening").handle();
  }

  @Override
  public boolean ready() {
    return outbox.hasRoom();
  }

  @Override
  public void opened(ResponseStream opened) {
    stream = opened;
  }

  @Override
  public void accepted() {
    outbox.put(new CallEvent.Accepted());
  }

  @Override
  public void started(int attempt, Started started) {
    outbox.put(new CallEvent.Begun(started));
  }

  @Override
  public void chunk(Chunk chunk) {
    if (chunk.payload().isPresent()) {
      outbox.put(new CallEvent.Broken(NO_TEXT));
    } else if (!chunk.delta().isEmpty()) {
      outbox.put(new CallEvent.Piece(0, chunk.delta(), List.of(), ""));
    }
  }

  @Override
  public void finished(Finished finished) {
    outbox.put(new CallEvent.Complete(0, finished));
  }

  @Override
  public void failed(Failure failure) {
    outbox.put(new CallEvent.Broken(failure));
  }

  /** There is room again. */
  void drain() {
    tell(ResponseStream::drain);
  }

  /** The client left and may come back. */
  void leave() {
    tell(opened -> opened.onDisconnect(CancelReason.CLIENT_GONE));
  }

  /** Nobody wants the answer any more. */
  void cancel() {
    tell(opened -> opened.cancel(CancelReason.CLIENT_GONE));
  }

  /** Reads no longer; the work goes on. */
  void detach() {
    var failure = new Failure(FailureCode.CANCELLED, "its reader left");
    tell(opened -> opened.detach(failure));
  }

  private void tell(Consumer<ResponseStream> action) {
    @Nullable ResponseStream opened = stream;
    if (opened != null) {
      action.accept(opened);
    }
  }
}
