package io.anyserve.metering.grpc;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.metering.query.UpdateListener;
import io.anyserve.metering.query.codec.ApiErrors;
import io.anyserve.v1.WatchSessionUsageResponse;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * Sends a caller the latest totals when the connection can take them: a slow caller skips some, and
 * none goes back in time. Thread-safe.
 */
final class SessionUsageStream implements UpdateListener<SessionUsage> {

  private final ServerCallStreamObserver<WatchSessionUsageResponse> response;
  private @Nullable SessionUsage waiting;
  private long newest;
  private boolean ended;

  SessionUsageStream(ServerCallStreamObserver<WatchSessionUsageResponse> response) {
    this.response = response;
  }

  @Override
  public synchronized void next(SessionUsage usage) {
    if (usage.requests() > newest) {
      newest = usage.requests();
      waiting = usage;
      drain();
    }
  }

  /** Called whenever the connection can take more. */
  synchronized void drain() {
    if (waiting != null && !ended && response.isReady() && !response.isCancelled()) {
      response.onNext(
          WatchSessionUsageResponse.newBuilder().setUsage(UsageCodec.write(waiting)).build());
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
