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

/** Collects the answer to a request about tokens, for the thread of its call. */
final class LookupSink implements ResponseSink {

  private static final long MOST_BYTES = 16 << 20;
  private static final Failure NO_TOKENS =
      new Failure(FailureCode.INTERNAL, "the worker's answer has no tokens and no text");

  private final CompletableFuture<Optional<Failure>> end = new CompletableFuture<>();
  private final StringBuilder text = new StringBuilder();
  private volatile @Nullable ResponseStream stream;
  private ByteString tokens = ByteString.EMPTY;

  /** Waits for the end; throws the FailureException of a request that failed. */
  void await() throws InterruptedException {
    try {
      Optional<Failure> failure = end.get();
      if (failure.isPresent()) {
        throw new FailureException(failure.get(), null);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of an answer is no failure", e);
    }
  }

  /** After the end. */
  TokenIds tokens() {
    return TokenIdsCodec.read(new Payload.Bytes(tokens, TokenIdsCodec.CONTENT_TYPE));
  }

  /** After the end. */
  String text() {
    return text.toString();
  }

  /** Empty until it is opened. */
  Optional<StreamHandle> handle() {
    return Optional.ofNullable(stream).map(ResponseStream::handle);
  }

  /** The client has left. From any thread. */
  void leave() {
    end.complete(Optional.of(new Failure(FailureCode.CANCELLED, "the client left")));
    @Nullable ResponseStream opened = stream;
    if (opened != null) {
      opened.cancel(CancelReason.CLIENT_GONE);
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
      opened.cancel(CancelReason.CLIENT_GONE);
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
      case Payload.Bytes(var more, String type) when type.equals(TokenIdsCodec.CONTENT_TYPE) ->
          tokens = tokens.concat(more);
      case Payload.Bytes _, Payload.Text _, Payload.Chat _, Payload.ObjectReference _ ->
          end.complete(Optional.of(NO_TOKENS));
    }
    if (text.length() + (long) tokens.size() > MOST_BYTES) {
      end.complete(
          Optional.of(new Failure(FailureCode.TOO_LARGE, "answer: more than " + MOST_BYTES)));
    }
  }

  @Override
  public void finished(Finished finished) {
    end.complete(Optional.empty());
  }

  @Override
  public void failed(Failure failure) {
    end.complete(Optional.of(failure));
  }
}
