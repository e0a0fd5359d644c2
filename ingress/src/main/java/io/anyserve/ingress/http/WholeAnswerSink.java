package io.anyserve.ingress.http;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.TokenIdsCodec;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.response.ResponseSink;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.StreamHandle;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Collects the text and the data of an answer, for the thread of its call. */
public final class WholeAnswerSink implements ResponseSink {

  private final String contentType;
  private final long mostBytes;
  private final CompletableFuture<Finished> end = new CompletableFuture<>();
  private final StringBuilder text = new StringBuilder();
  private volatile @Nullable ResponseStream stream;
  private ByteString data = ByteString.EMPTY;

  /**
   * @param contentType of the data that the answer may have
   * @param mostBytes of text and data
   */
  public WholeAnswerSink(String contentType, long mostBytes) {
    this.contentType = contentType;
    this.mostBytes = mostBytes;
  }

  /** Waits for the end; throws the FailureException of a request that failed. */
  public Finished await() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FailureException failed) {
        throw new FailureException(failed.failure(), failed);
      }
      throw new IllegalStateException("the end of an answer is no failure", e);
    }
  }

  /** After the end: the data of all chunks, one after the other. */
  public Payload data() {
    return new Payload.Bytes(data, contentType);
  }

  /** After the end: the data, which is token ids. */
  TokenIds tokens() {
    return TokenIdsCodec.read(data());
  }

  /** After the end. */
  String text() {
    return text.toString();
  }

  /** Empty until it is opened. */
  public Optional<StreamHandle> handle() {
    return Optional.ofNullable(stream).map(ResponseStream::handle);
  }

  /** The client has left. From any thread. */
  public void leave() {
    failed(new Failure(FailureCode.CANCELLED, "the client left"));
    @Nullable ResponseStream opened = stream;
    if (opened != null) {
      opened.onDisconnect(CancelReason.CLIENT_GONE);
    }
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void opened(ResponseStream opened) {
    stream = opened;
    if (end.isDone()) {
      opened.onDisconnect(CancelReason.CLIENT_GONE);
    }
  }

  @Override
  public void accepted() {}

  @Override
  public void started(int attempt, Started started) {}

  @Override
  public void chunk(Chunk chunk) {
    text.append(chunk.text());
    switch (chunk.payload().orElse(null)) {
      case null -> {}
      case Payload.Bytes(var more, String type) when type.equals(contentType) ->
          data = data.concat(more);
      case Payload.Bytes _, Payload.Text _, Payload.Chat _, Payload.ObjectReference _ ->
          failed(
              new Failure(
                  FailureCode.INTERNAL, "the worker's answer is not of the type " + contentType));
    }
    if (text.length() + (long) data.size() > mostBytes) {
      failed(
          new Failure(
              FailureCode.TOO_LARGE,
              "answer: too large (expected: at most " + mostBytes + " bytes)"));
    }
  }

  @Override
  public void finished(Finished finished) {
    end.complete(finished);
  }

  @Override
  public void failed(Failure failure) {
    end.completeExceptionally(new FailureException(failure, null));
  }
}
