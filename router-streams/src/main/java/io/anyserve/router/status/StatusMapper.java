package io.anyserve.router.status;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.router.recovery.TrackedRequest;
import io.anyserve.router.recovery.TrackedRequest.Ended;
import io.anyserve.router.recovery.TrackedRequest.Running;
import io.anyserve.v1.DescribeRequestResponse;
import io.anyserve.v1.GetRequestResponse;
import io.anyserve.v1.RequestState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Turns what is known of a request into the messages of the gRPC service. */
final class StatusMapper {

  private static final long NANOS_PER_MICRO = 1_000;

  private StatusMapper() {}

  static DescribeRequestResponse of(RequestId id, TrackedRequest known) {
    return switch (known) {
      case Running running -> running(id, running);
      case Ended ended -> ended(id, ended);
    };
  }

  static DescribeRequestResponse of(LedgerEntry entry) {
    GetRequestResponse.Builder message =
        message(entry.request(), entry.context(), entry.servedBy())
            .setState(state(entry.outcome()))
            .setCode(entry.code())
            .setUsage(TokenCodec.write(entry.usage()))
            .setChunks(entry.chunks())
            .setEngineMicros(micros(entry.engineTime()))
            .setStartedAt(millis(entry.times().startedAt()))
            .setFirstTokenAt(millis(entry.times().firstTokenAt()))
            .setFinishedAt(entry.times().endedAt().toEpochMilli());
    return response(entry.context(), message);
  }

  private static DescribeRequestResponse running(RequestId id, Running running) {
    Started started = running.started();
    GetRequestResponse.Builder message =
        message(id, started.context(), running.servedBy())
            .setState(RequestState.REQUEST_STATE_RUNNING)
            .setUsage(TokenCodec.write(new TokenUsage(started.promptTokens(), 0, 0)))
            .setStartedAt(running.firstAt());
    return response(started.context(), message);
  }

  private static DescribeRequestResponse ended(RequestId id, Ended ended) {
    ServedBy servedBy = ended.last().map(Running::servedBy).orElse(ServedBy.NOBODY);
    GetRequestResponse.Builder message =
        message(id, ended.context(), servedBy)
            .setState(state(ended.outcome()))
            .setCode(ended.failure().map(Failure::code).map(Enum::name).orElse(""))
            .setUsage(TokenCodec.write(ended.usage()))
            .setEngineMicros(micros(ended.engineTime()))
            .setStartedAt(ended.last().map(Running::firstAt).orElse(0L))
            .setFinishedAt(ended.endedAt());
    return response(ended.context(), message);
  }

  private static GetRequestResponse.Builder message(
      RequestId id, RequestContext context, ServedBy servedBy) {
    return GetRequestResponse.newBuilder()
        .setRequestId(id.toString())
        .setSession(context.session().value())
        .setAcceptedAt(context.acceptedAt().toEpochMilli())
        .setCapability(servedBy.capability())
        .setModel(servedBy.model())
        .setWorker(servedBy.worker())
        .setAttempts(servedBy.attempts())
        .setDelegated(servedBy.delegated());
  }

  private static DescribeRequestResponse response(
      RequestContext context, GetRequestResponse.Builder message) {
    return DescribeRequestResponse.newBuilder()
        .setTenant(context.tenant().value())
        .setRequest(message)
        .build();
  }

  private static RequestState state(Outcome outcome) {
    return switch (outcome) {
      case FINISHED -> RequestState.REQUEST_STATE_FINISHED;
      case FAILED -> RequestState.REQUEST_STATE_FAILED;
      case CANCELLED -> RequestState.REQUEST_STATE_CANCELLED;
    };
  }

  private static long micros(Duration time) {
    return time.toNanos() / NANOS_PER_MICRO;
  }

  private static long millis(Optional<Instant> time) {
    return time.map(Instant::toEpochMilli).orElse(0L);
  }
}
