package io.anyserve.metering;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The token events of one request, as its workers write them. */
public record Tokens(RequestId request, RequestContext context) {

  static final int PROMPT = 7;

  public static Tokens of(long request, String tenant, String session) {
    return new Tokens(
        new RequestId(0x0190_0000_0000_7000L, request),
        new RequestContext(
            new TenantId(tenant),
            new SessionId(session),
            "key-1",
            new Capability("chat"),
            Map.of("team", "blue"),
            Instant.ofEpochMilli(1_000),
            false));
  }

  public static Tokens of(long request) {
    return of(request, "acme", "s1");
  }

  /** The same request with a quota that counts it. */
  Tokens reserved() {
    return new Tokens(
        request,
        new RequestContext(
            context.tenant(),
            context.session(),
            context.apiKey(),
            context.capability(),
            context.labels(),
            context.acceptedAt(),
            context.result(),
            true));
  }

  public TokenRecord started(int attempt, long run) {
    return started(attempt, run, PROMPT);
  }

  public TokenRecord started(int attempt, long run, long promptTokens) {
    return record(
        attempt,
        run,
        new TokenEvent.Started(
            context,
            new WorkerId("worker-" + attempt),
            new Capability("chat"),
            "tiny",
            promptTokens,
            12,
            false,
            Optional.empty()));
  }

  /** With as many tokens as given, and text of two bytes for each. */
  public TokenRecord chunk(int attempt, long run, long sequence, int tokens) {
    return record(
        attempt,
        run,
        new TokenEvent.Chunk(
            sequence,
            TokenIds.of(IntStream.range(0, tokens).map(i -> 100 + i).toArray()),
            "ab".repeat(tokens),
            Optional.empty()));
  }

  public TokenRecord finished(int attempt, long run, long claimed) {
    return record(
        attempt,
        run,
        new TokenEvent.Finished(
            FinishReason.STOP,
            new TokenUsage(PROMPT, claimed, 3),
            Optional.empty(),
            Duration.ofMillis(5)));
  }

  public TokenRecord failed(int attempt, long run, long claimed) {
    return record(
        attempt,
        run,
        new TokenEvent.Failed(
            new Failure(FailureCode.ENGINE_FAILED, "out of memory"),
            new TokenUsage(PROMPT, claimed, 0),
            Optional.empty()));
  }

  public TokenRecord cancelled(int attempt, long run, long claimed) {
    return record(
        attempt,
        run,
        new TokenEvent.Cancelled(
            CancelReason.CLIENT_GONE, new TokenUsage(PROMPT, claimed, 0), Optional.empty()));
  }

  /** By a router, before any worker took it. */
  public TokenRecord refused() {
    return TokenRecord.unassigned(
        request,
        new TokenEvent.Failed(
            new Failure(FailureCode.NO_WORKER, "nobody offers chat"),
            TokenUsage.NONE,
            Optional.of(context)));
  }

  TokenRecord record(int attempt, long run, TokenEvent event) {
    return new TokenRecord(request, attempt, run, event);
  }
}
