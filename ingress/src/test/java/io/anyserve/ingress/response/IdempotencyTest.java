package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.idempotency.PendingIdempotency;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A submission under an idempotency key waits until the log says whether it is the first. */
final class IdempotencyTest {

  private static final long MINE = 77;
  private static final Capability STORY = new Capability("story");
  private static final String DIGEST = "a".repeat(64);
  private static final Instant MY_TIME = Instant.ofEpochMilli(5_000);
  private static final Instant FIRST_TIME = Instant.ofEpochMilli(4_999);

  private final SampleRequests requests = new SampleRequests(Duration.ZERO);
  private final RecordingSink sink = new RecordingSink();
  private final ResponseStream stream = submitted();

  @Test
  void theAcknowledgementDecidesNothing() {
    assertHeard("opened");
    assertEquals(0, requests.counted("requests.accepted"));
  }

  @Test
  void itsOwnStreamMakesItTheFirst() {
    requests.live(0, 1, started(MY_TIME));
    requests.live(1, 1, Events.chunk(0));
    requests.live(2, duplicate(MINE + 1, DIGEST));
    requests.live(3, 1, Events.finished());
    assertHeard("opened", "accepted", "started 1", "chunk 0", "finished");
    assertEquals(1, requests.counted("requests.accepted"));
    assertEquals(1, requests.counted("requests.ended", "outcome", "finished"));
  }

  @Test
  void soDoesAnEndBeforeAnyWorkerTookIt() {
    var failure = new Failure(FailureCode.UNKNOWN_CAPABILITY, "as told");
    var failed = new Failed(failure, TokenUsage.NONE, Optional.of(context(MY_TIME)));
    requests.live(0, TokenRecord.unassigned(SampleRequests.ID, failed));
    assertHeard("opened", "accepted", "failed UNKNOWN_CAPABILITY");
  }

  @Test
  void theStreamOfTheFirstOnTheSamePartitionIsNotTakenForItsOwn() {
    requests.live(0, 1, started(FIRST_TIME));
    requests.live(1, 1, Events.chunk(0));
    requests.live(2, 1, Events.finished());
    assertHeard("opened");
    requests.live(3, duplicate(MINE, "b".repeat(64)));
    assertHeard("opened", "failed IDEMPOTENCY_CONFLICT");
    assertEquals(0, requests.counted("requests.accepted"));
    assertEquals(1, requests.counted("requests.refused", "code", "idempotency_conflict"));
    assertEquals(0, requests.streams.size());
  }

  @Test
  void theSameAgainIsFedFromTheStreamOfTheFirst() {
    requests.live(9, duplicate(MINE, DIGEST));
    assertHeard("opened", "opened", "accepted");
    ResponseStream duplicate = sink.stream();
    assertEquals(List.of(duplicate), requests.replays);
    assertEquals(new ReplyTo(3, 40), duplicate.handle().address());
    assertEquals("first-session", duplicate.handle().session().value());
    duplicate.replay(40, 0, SampleRequests.record(1, started(FIRST_TIME)));
    duplicate.replay(41, 0, SampleRequests.record(1, Events.chunk(0)));
    duplicate.replayed(42);
    duplicate.replay(42, 0, SampleRequests.record(1, Events.finished()));
    assertHeard("opened", "opened", "accepted", "started 1", "chunk 0", "finished");
    assertEquals(0, requests.counted("requests.accepted"));
    assertEquals(1, requests.counted("requests.duplicate"));
    assertEquals(0, requests.streams.size());
  }

  @Test
  void whatNeverBeganIsSubmittedAgainWithWhatIsLeftOfTheTime() {
    var again = new RecordingSink();
    List<Duration> submitted = resubmitting(again);
    requests.now += Duration.ofMinutes(1).toNanos();
    requests.live(9, duplicate(MINE, DIGEST));
    assertEquals(List.of("opened", "opened"), again.heard);
    ResponseStream duplicate = again.stream();
    var late = new Cancelled(CancelReason.DEADLINE, TokenUsage.NONE, Optional.of(context(MY_TIME)));
    duplicate.replay(40, 0, TokenRecord.unassigned(SampleRequests.ID, late));
    assertEquals(List.of(SampleRequests.WAIT.minusMinutes(1)), submitted);
    assertEquals(List.of("opened", "opened"), again.heard);
    assertEquals(0, requests.streams.size());
  }

  @Test
  void whatBeganIsTheAnswerHoweverItEnded() {
    var again = new RecordingSink();
    List<Duration> submitted = resubmitting(again);
    requests.live(9, duplicate(MINE, DIGEST));
    ResponseStream duplicate = again.stream();
    duplicate.replay(40, 0, SampleRequests.record(1, started(FIRST_TIME)));
    duplicate.replay(41, 0, SampleRequests.record(1, Events.cancelled(CancelReason.DEADLINE)));
    assertEquals(
        List.of("opened", "opened", "accepted", "started 1", "failed DEADLINE_EXCEEDED"),
        again.heard);
    assertEquals(List.of(), submitted);
  }

  private List<Duration> resubmitting(RecordingSink again) {
    stream.refuse(new Failure(FailureCode.OVERLOADED, "makes room for the test's own"));
    List<Duration> submitted = new ArrayList<>();
    var claim =
        new PendingIdempotency(new Idempotency(MINE, DIGEST), MY_TIME, Optional.of(submitted::add));
    ResponseStream opened = requests.opened(again, Optional.of(claim));
    opened.send();
    opened.acknowledge();
    return submitted;
  }

  @Test
  void aDuplicateThatLeavesStopsNothing() {
    requests.live(9, duplicate(MINE, DIGEST));
    sink.stream().onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(SampleRequests.WAIT);
    assertEquals(List.of(), requests.effects);
    assertEquals(0, requests.streams.size());
  }

  @Test
  void anAnswerToAnotherSubmissionIsNone() {
    requests.live(0, duplicate(MINE + 1, DIGEST));
    assertHeard("opened");
  }

  @Test
  void aCallerThatLeavesBeforeTheDecisionStopsNobodyElsesWork() {
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(Duration.ofMinutes(1));
    assertEquals(List.of(), requests.effects);
    requests.live(9, duplicate(MINE, DIGEST));
    assertHeard("opened");
    assertEquals(0, requests.streams.size());
  }

  @Test
  void aCallerThatLeftAndDidNotComeBackStopsItsOwnWorkOnceItIsKnown() {
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(Duration.ofMinutes(1));
    requests.live(0, 1, started(MY_TIME));
    requests.after(Duration.ZERO);
    assertEquals(List.of("cancel CLIENT_GONE"), requests.effects);
  }

  @Test
  void aRetryFindsTheWorkOfTheFirstSubmissionForAWhile() {
    requests.live(0, 1, started(MY_TIME));
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(Duration.ofSeconds(29));
    assertEquals(List.of(), requests.effects);
    requests.after(Duration.ofSeconds(1));
    assertEquals(List.of("cancel CLIENT_GONE"), requests.effects);
  }

  @Test
  void withoutADecisionTheDeadlineEndsTheWaitingButNoWork() {
    requests.after(SampleRequests.WAIT);
    assertHeard("opened", "failed DEADLINE_EXCEEDED");
    assertEquals(List.of(), requests.effects);
  }

  @Test
  void aStoppingIngressSendsItElsewhere() {
    requests.streams.detachAll();
    assertHeard("opened", "failed SHUTTING_DOWN");
    assertEquals(List.of(), requests.effects);
  }

  private ResponseStream submitted() {
    var claim = new PendingIdempotency(new Idempotency(MINE, DIGEST), MY_TIME);
    ResponseStream opened = requests.opened(sink, Optional.of(claim));
    opened.send();
    opened.acknowledge();
    return opened;
  }

  private static Started started(Instant acceptedAt) {
    return new Started(
        context(acceptedAt), new WorkerId("w"), STORY, "m", 3, 0, false, Optional.empty());
  }

  private static TokenRecord duplicate(long submission, String digest) {
    var event = new TokenEvent.DuplicateSubmission(new ReplyTo(3, 40), digest, context(FIRST_TIME));
    return TokenRecord.duplicate(SampleRequests.ID, submission, event);
  }

  private static RequestContext context(Instant acceptedAt) {
    return new RequestContext(
        SampleRequests.ACME,
        new SessionId("first-session"),
        "",
        STORY,
        Map.of(),
        acceptedAt,
        false);
  }

  private void assertHeard(String... expected) {
    assertEquals(List.of(expected), sink.heard);
  }
}
