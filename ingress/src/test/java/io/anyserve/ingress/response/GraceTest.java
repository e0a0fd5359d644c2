package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.ReplyTo;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the work when a caller leaves. */
final class GraceTest {

  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final SampleRequests requests = new SampleRequests(GRACE);
  private final RecordingSink sink = new RecordingSink();
  private final RecordingSink second = new RecordingSink();
  private ResponseStream stream;

  @BeforeEach
  void start() {
    requests.partitions.begin(List.of(new ReplyTo(0, 0)));
    stream = requests.accepted(sink);
    requests.live(0, 1, Events.started());
  }

  @Test
  void nobodyComesBackAndTheWorkEnds() {
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(GRACE.minusNanos(1));
    assertEquals(List.of(), requests.effects);
    requests.after(Duration.ofNanos(1));
    assertEquals(List.of("cancel CLIENT_GONE"), requests.effects);
    assertEnded("cancelled");
  }

  @Test
  void theWorkMayFinishBeforeThatWithoutACaller() {
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.live(1, 1, Events.chunk(0));
    requests.live(2, 1, Events.finished());
    requests.after(GRACE);
    assertEquals(List.of(), requests.effects);
    assertEnded("finished");
    assertEquals(List.of("opened", "accepted", "started 1"), sink.heard);
  }

  @Test
  void aCallerThatHadStalledIsFollowedToTheEndToo() {
    sink.ready = false;
    for (int i = 0; i < 5; i++) {
      requests.live(i + 1, 1, Events.chunk(i));
    }
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    assertEquals(List.of(stream), requests.replays);
    for (int i = 0; i < 5; i++) {
      assertTrue(stream.replay(i + 1, 0, SampleRequests.record(1, Events.chunk(i))));
    }
    stream.replay(6, 0, SampleRequests.record(1, Events.finished()));
    assertEnded("finished");
  }

  @Test
  void oneThatResumesHereStopsTheClock() {
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    ResponseStream resumed = comeBack();
    requests.after(GRACE);
    assertEquals(List.of("adopt"), requests.effects);
    requests.live(1, 1, Events.finished());
    assertEquals(List.of("opened", "accepted", "started 1", "finished"), second.heard);
    assertEnded("finished");
    assertEquals(resumed, second.stream());
  }

  @Test
  void oneThatResumedAndLeavesStartsTheClockAgain() {
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    comeBack().onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(GRACE.minus(MOMENT));
    assertEquals(List.of("adopt"), requests.effects);
    requests.after(MOMENT);
    assertEquals(List.of("adopt", "cancel CLIENT_GONE"), requests.effects);
  }

  @Test
  void oneThatResumedOnAnotherIngressStopsTheClockForGood() {
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.streams.takenOverElsewhere(SampleRequests.ID);
    requests.after(GRACE.multipliedBy(2));
    assertEquals(List.of(), requests.effects);
    requests.live(1, 1, Events.finished());
    assertEnded("finished");
  }

  @Test
  void oneThatResumedOnAnotherIngressBeforeItsConnectionBrokeHereIsNotCancelled() {
    requests.streams.takenOverElsewhere(SampleRequests.ID);
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(GRACE);
    assertEquals(List.of(), requests.effects);
  }

  @Test
  void aSecondReaderThatLeavesTakesNothingFromTheFirst() {
    ResponseStream resumed = comeBack();
    resumed.onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(GRACE);
    requests.live(1, 1, Events.finished());
    assertEquals(List.of("adopt"), requests.effects);
    assertEquals("finished", sink.heard.getLast());
  }

  @Test
  void whileASecondReaderStaysTheFirstMayLeave() {
    comeBack();
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(GRACE);
    assertEquals(List.of("adopt"), requests.effects);
    requests.live(1, 1, Events.finished());
    assertEquals("finished", second.heard.getLast());
    assertEnded("finished");
  }

  @Test
  void theDeadlineHoldsWithoutACallerToo() {
    requests.after(SampleRequests.WAIT.minus(MOMENT));
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(MOMENT);
    assertEquals(List.of("cancel DEADLINE"), requests.effects);
  }

  @Test
  void aCallersOwnDeadlineEndsTheWorkAtOnce() {
    stream.onDisconnect(CancelReason.DEADLINE);
    assertEquals(List.of("cancel DEADLINE"), requests.effects);
    assertEnded("cancelled");
  }

  @Test
  void whatItWillNotComeBackForEndsAtOnce() {
    stream.cancel(CancelReason.CLIENT_GONE);
    assertEquals(List.of("cancel CLIENT_GONE"), requests.effects);
  }

  @Test
  void aReaderThatIsLateIsToldAndMayComeBack() {
    ResponseStream resumed = comeBack();
    stream.detach(new Failure(FailureCode.SHUTTING_DOWN, "as told"));
    requests.after(SampleRequests.WAIT);
    assertEquals("failed DEADLINE_EXCEEDED", second.heard.getLast());
    assertEquals(List.of("adopt"), requests.effects);
    resumed.onDisconnect(CancelReason.CLIENT_GONE);
    requests.after(GRACE);
    assertEquals(List.of("adopt", "cancel CLIENT_GONE"), requests.effects);
    assertEquals(0, requests.streams.size());
  }

  private ResponseStream comeBack() {
    ResponseStream resumed = requests.resumed(second, 0);
    resumed.replay(0, 0, SampleRequests.record(1, Events.started()));
    resumed.replayed(1);
    return resumed;
  }

  private void assertEnded(String outcome) {
    assertEquals(1, requests.counted("requests.accepted"));
    assertEquals(1, requests.counted("requests.ended", "outcome", outcome));
    assertEquals(0, requests.inFlight());
    assertEquals(0, requests.streams.size());
  }
}
