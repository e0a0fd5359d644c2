package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams that catch up from the log hold a place, as long as they do. */
final class ResumeAdmissionTest {

  private static final RequestId OTHER = new RequestId(3, 4);
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final SampleRequests requests = new SampleRequests(GRACE, 1);
  private final RecordingSink first = new RecordingSink();
  private final RecordingSink second = new RecordingSink();

  @Test
  void oneMoreIsRefusedBeforeAnythingIsDone() {
    requests.resumed(first, 0);
    var refused = assertThrows(FailureException.class, () -> resume(OTHER, second));
    assertEquals(
        "OVERLOADED: resumes under way: 1, the most allowed", refused.failure().toString());
    assertEquals(List.of(), second.heard);
    assertEquals(1, requests.replays.size());
    assertEquals(1, requests.streams.size());
    assertCounts(1, 1, 0, 1);
  }

  @Test
  void aStreamThatGoesOnLiveLeavesItsPlace() {
    requests.partitions.begin(List.of(new ReplyTo(0, 1)));
    ResponseStream stream = requests.resumed(first, 0);
    stream.replay(0, 0, SampleRequests.record(1, Events.started()));
    assertFalse(stream.replayed(1));
    resume(OTHER, second);
    assertCounts(2, 0, 0, 1);
    requests.live(1, 1, Events.finished());
    assertEquals("finished", first.heard.getLast());
    assertCounts(2, 0, 0, 1);
  }

  @Test
  void aStreamThatGoesOnLiveAtOnceNeedsNoPlace() {
    requests.partitions.begin(List.of(new ReplyTo(0, 1)));
    requests.resumed(first, 0);
    String next =
        requests
            .streams
            .handle(OTHER, new SessionId("s"), SampleRequests.ACME, new ReplyTo(0, 1))
            .resumeToken();
    requests.streams.resume(next, SampleRequests.ACME, 0, SampleRequests.WAIT, second);
    assertEquals(List.of("opened", "accepted"), second.heard);
    assertEquals(1, requests.replays.size());
    assertCounts(2, 0, 0, 1);
    second.stream().onDisconnect(CancelReason.EXPLICIT);
    assertCounts(2, 0, 0, 1);
    assertThrows(FailureException.class, () -> resume(OTHER, new RecordingSink()));
  }

  @Test
  void aStreamThatEndsLeavesItsPlace() {
    ResponseStream stream = requests.resumed(first, 0);
    stream.replay(0, 0, SampleRequests.record(1, Events.started()));
    stream.replay(1, 0, SampleRequests.record(1, Events.finished()));
    resume(OTHER, second);
    assertCounts(2, 0, 0, 1);
  }

  @Test
  void aCallerThatTakesNoMoreLeavesItsPlaceAndIsReplayedLater() {
    ResponseStream stream = requests.resumed(first, 0);
    first.ready = false;
    assertFalse(stream.replay(0, 0, SampleRequests.record(1, Events.started())));
    resume(OTHER, second);
    first.ready = true;
    stream.drain();
    assertTrue(stream.isBehind());
    assertCounts(2, 0, 0, 1);
  }

  @Test
  void aCallerThatLeavesIsReadForNoLonger() {
    ResponseStream stream = requests.resumed(first, 0);
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    assertFalse(stream.isBehind());
    assertFalse(stream.replay(0, 0, SampleRequests.record(1, Events.started())));
    assertEquals(0, requests.streams.size());
    assertEquals(List.of(), requests.effects, "it never took the stream over");
    assertCounts(1, 0, 0, 0);
  }

  @Test
  void aCallerThatLeavesAfterItTookTheStreamOverIsWaitedForButNotReadFor() {
    ResponseStream stream = requests.resumed(first, 0);
    stream.replay(0, 0, SampleRequests.record(1, Events.started()));
    assertTrue(stream.replayed(1), "nobody reads that partition live");
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    assertFalse(stream.isBehind());
    stream.drain();
    assertFalse(stream.isBehind());
    assertEquals(1, requests.replays.size());
    assertCounts(1, 0, 0, 0);
    requests.after(GRACE);
    assertEquals(List.of("adopt", "cancel CLIENT_GONE"), requests.effects);
    assertEquals(0, requests.streams.size());
  }

  @Test
  void aCallerThatComesAgainTakesThePlaceOfItsEarlierCall() {
    ResponseStream stream = requests.resumed(first, 0);
    requests.resumed(second, 0);
    assertFalse(stream.isBehind());
    assertEquals(List.of("opened", "accepted", "failed OVERLOADED"), first.heard);
    assertEquals(List.of("opened", "accepted"), second.heard);
    assertEquals(1, requests.streams.size());
    assertCounts(2, 0, 1, 1);
  }

  @Test
  void withRoomTwoCallersReadTheSameStream() {
    var roomy = new SampleRequests(GRACE, 2);
    roomy.resumed(first, 0);
    roomy.resumed(second, 0);
    assertEquals(List.of("opened", "accepted"), first.heard);
    assertEquals(2, roomy.streams.size());
  }

  private void resume(RequestId request, RecordingSink sink) {
    String token =
        requests
            .streams
            .handle(request, new SessionId("s"), SampleRequests.ACME, new ReplyTo(0, 0))
            .resumeToken();
    requests.streams.resume(token, SampleRequests.ACME, 0, SampleRequests.WAIT, sink);
  }

  private void assertCounts(double admitted, double refused, double replaced, double replaying) {
    assertEquals(admitted, requests.counted("resumes.admitted"));
    assertEquals(refused, requests.counted("resumes.refused"));
    assertEquals(replaced, requests.counted("resumes.replaced"));
    assertEquals(
        replaying, requests.meters.get("anyserve.ingress.resumes.replaying").gauge().value());
  }
}
