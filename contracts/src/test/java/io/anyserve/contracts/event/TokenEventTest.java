package io.anyserve.contracts.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.DuplicateSubmission;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TokenEventTest {

  private static final RequestContext CONTEXT =
      new RequestContext(
          new TenantId("t"),
          new SessionId("s"),
          "",
          new Capability("asked"),
          Map.of(),
          Instant.EPOCH,
          false);
  private static final TokenUsage USAGE = new TokenUsage(3, 2, 1);
  private static final Duration ENGINE_TIME = Duration.ofMillis(5);
  private static final Failure FAILURE = new Failure(FailureCode.INTERNAL, "engine broke");
  private static final Started STARTED =
      new Started(
          CONTEXT,
          new WorkerId("w1"),
          new Capability("answers"),
          "tiny",
          3,
          0,
          true,
          Optional.empty());
  private static final Finished FINISHED =
      new Finished(FinishReason.STOP, USAGE, Optional.empty(), ENGINE_TIME);

  @Test
  void aTerminalEventSaysHowTheRequestEnded() {
    assertEquals(Outcome.FINISHED, FINISHED.outcome());
    assertEquals(Outcome.FAILED, failed(Optional.empty()).outcome());
    assertEquals(Outcome.CANCELLED, cancelled(Optional.empty()).outcome());
  }

  @Test
  void onlyACompleteAnswerHasEngineTime() {
    assertEquals(ENGINE_TIME, FINISHED.engineTime());
    assertEquals(Duration.ZERO, failed(Optional.empty()).engineTime());
    assertEquals(Duration.ZERO, cancelled(Optional.empty()).engineTime());
  }

  @Test
  void startedAndTerminalEventsSayWhoseRequestItIs() {
    assertEquals(Optional.of(CONTEXT), STARTED.requestContext());
    assertEquals(Optional.of(CONTEXT), failed(Optional.of(CONTEXT)).requestContext());
    assertEquals(Optional.of(CONTEXT), cancelled(Optional.of(CONTEXT)).requestContext());
  }

  @Test
  void theOtherEventsDoNotSayWhoseRequestItIs() {
    assertEquals(
        Optional.empty(), new Chunk(0, TokenIds.of(), "", Optional.empty()).requestContext());
    assertEquals(Optional.empty(), new Released("drains").requestContext());
    assertEquals(Optional.empty(), FINISHED.requestContext());
    assertEquals(Optional.empty(), failed(Optional.empty()).requestContext());
    assertEquals(Optional.empty(), cancelled(Optional.empty()).requestContext());
    assertEquals(
        Optional.empty(),
        new DuplicateSubmission(new ReplyTo(0, 0), "00", CONTEXT).requestContext());
  }

  @Test
  void startedSaysWhoAnswers() {
    assertEquals(new ServedBy("answers", "tiny", "w1", 2, true), STARTED.servedBy(2));
  }

  private static Failed failed(Optional<RequestContext> context) {
    return new Failed(FAILURE, USAGE, context);
  }

  private static Cancelled cancelled(Optional<RequestContext> context) {
    return new Cancelled(CancelReason.EXPLICIT, USAGE, context);
  }
}
