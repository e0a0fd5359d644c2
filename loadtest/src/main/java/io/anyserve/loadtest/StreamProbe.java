package io.anyserve.loadtest;

import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferStreamResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.function.LongSupplier;

/** Times one stream, whose messages it takes as they come. Called by one thread at a time. */
final class StreamProbe implements ClientResponseObserver<InferStreamRequest, InferStreamResponse> {

  private final Tally tally;
  private final LongSupplier nanos;
  private final long intendedStart;
  private final Runnable done;
  private long lastChunk;
  private boolean sawChunk;

  StreamProbe(Tally tally, LongSupplier nanos, long intendedStart, Runnable done) {
    this.tally = tally;
    this.nanos = nanos;
    this.intendedStart = intendedStart;
    this.done = done;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<InferStreamRequest> call) {
    call.disableAutoRequestWithInitial(Integer.MAX_VALUE);
  }

  @Override
  public void onNext(InferStreamResponse response) {
    if (!response.hasChunk()) {
      return;
    }
    long now = nanos.getAsLong();
    int tokens = response.getChunk().getTokens();
    if (sawChunk) {
      tally.laterChunk(now - lastChunk, tokens);
    } else {
      tally.firstChunk(now - intendedStart, tokens);
    }
    sawChunk = true;
    lastChunk = now;
  }

  @Override
  public void onError(Throwable cause) {
    tally.failed(cause);
    done.run();
  }

  @Override
  public void onCompleted() {
    tally.finished(nanos.getAsLong() - intendedStart);
    done.run();
  }
}
