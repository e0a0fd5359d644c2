package io.anyserve.metering.grpc;

import io.anyserve.contracts.FailureException;
import io.anyserve.metering.query.LiveUsage;
import io.anyserve.metering.query.UpdateListener;
import io.anyserve.metering.query.codec.ApiErrors;
import io.anyserve.metering.query.codec.QueryCodec;
import io.anyserve.v1.WatchUsageResponse;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * Sends a caller what was added when the connection can take it; what came meanwhile is summed up.
 * Thread-safe.
 */
final class LiveUsageStream implements UpdateListener<LiveUsage> {

  private final ServerCallStreamObserver<WatchUsageResponse> response;
  private final boolean entries;
  private @Nullable LiveUsage waiting;
  private boolean ended;

  LiveUsageStream(ServerCallStreamObserver<WatchUsageResponse> response, boolean entries) {
    this.response = response;
    this.entries = entries;
  }

  @Override
  public synchronized void next(LiveUsage usage) {
    LiveUsage wanted = entries ? usage : usage.withoutEntries();
    waiting = waiting == null ? wanted : waiting.and(wanted);
    drain();
  }

  /** Called whenever the connection can take more. */
  synchronized void drain() {
    if (waiting != null && !ended && response.isReady() && !response.isCancelled()) {
      response.onNext(QueryCodec.write(waiting));
      waiting = null;
    }
  }

  @Override
  public synchronized void failed(FailureException failure) {
    if (!ended && !response.isCancelled()) {
      ended = true;
      response.onError(ApiErrors.status(failure));
    }
  }
}
