package io.anyserve.ingress.grpc;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.response.RecentRequest;
import io.anyserve.v1.GetRequestResponse;
import io.anyserve.v1.RequestState;
import java.time.Duration;

/** What this ingress knows of a request, as the router would say it; without the log's times. */
final class RecentRequestMapper {

  private RecentRequestMapper() {}

  static GetRequestResponse of(RequestId request, RecentRequest seen) {
    var message =
        GetRequestResponse.newBuilder()
            .setRequestId(request.toString())
            .setSession(seen.session().value())
            .setState(RequestState.REQUEST_STATE_ACCEPTED);
    seen.run().ifPresent(run -> add(run, message));
    seen.end().ifPresent(end -> add(end, message));
    return message.build();
  }

  /** What the router said, with the end that it does not know yet. */
  static GetRequestResponse ended(GetRequestResponse found, RecentRequest.End end) {
    var message = found.toBuilder();
    add(end, message);
    return message.build();
  }

  private static void add(RecentRequest.Run run, GetRequestResponse.Builder message) {
    Started started = run.started();
    message
        .setState(RequestState.REQUEST_STATE_RUNNING)
        .setAttempts(run.attempt())
        .setAcceptedAt(started.context().acceptedAt().toEpochMilli())
        .setWorker(started.worker().value())
        .setCapability(started.capability().value())
        .setModel(started.model())
        .setDelegated(started.delegated())
        .setUsage(TokenCodec.write(new TokenUsage(started.promptTokens(), 0, 0)));
  }

  private static void add(RecentRequest.End end, GetRequestResponse.Builder message) {
    message.setChunks(end.chunks()).setUsage(TokenCodec.write(end.terminal().usage()));
    switch (end.terminal()) {
      case Finished finished ->
          message
              .setState(RequestState.REQUEST_STATE_FINISHED)
              .setEngineMicros(micros(finished.engineTime()));
      case Failed failed ->
          message
              .setState(RequestState.REQUEST_STATE_FAILED)
              .setCode(failed.failure().code().name());
      case Cancelled _ -> message.setState(RequestState.REQUEST_STATE_CANCELLED);
    }
  }

  private static long micros(Duration time) {
    return time.toNanos() / 1_000;
  }
}
