package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.response.ResponseStreams.Received;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of requests whose clients left before the end. */
final class UnseenEndsTest {

  private final SampleRequests requests = new SampleRequests(Duration.ZERO);
  private final RecordingSink sink = new RecordingSink();

  @Test
  void aRequestIsRunningUntilTheLogHasItsEnd() {
    leaveAfterTwoChunks();
    assertEquals(Optional.empty(), seen().end());
    assertTrue(seen().followed());
    requests.live(3, 1, Events.chunk(2));
    assertEquals(Optional.empty(), seen().end());
    requests.live(4, 1, Events.cancelled(CancelReason.CLIENT_GONE));
    assertEnd(Outcome.CANCELLED, 3);
    assertEquals(3, seen().end().orElseThrow().terminal().usage().completion());
    assertEquals(0, requests.streams.size());
  }

  @Test
  void itMayHaveFinishedAllTheSame() {
    leaveAfterTwoChunks();
    requests.live(3, 1, Events.finished());
    requests.live(4, 1, Events.cancelled(CancelReason.CLIENT_GONE));
    assertEnd(Outcome.FINISHED, 2);
  }

  @Test
  void anEndThatItsClientDidNotTakeIsKnownWhenTheClientLeaves() {
    ResponseStream stream = begin();
    sink.ready = false;
    for (int i = 0; i < 10; i++) {
      requests.live(i + 1, 1, Events.chunk(i));
    }
    requests.live(11, 1, Events.finished());
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    assertEnd(Outcome.FINISHED, 10);
  }

  @Test
  void aClientThatReadSlowlyIsFollowedToo() {
    ResponseStream stream = begin();
    sink.ready = false;
    for (int i = 0; i < 10; i++) {
      requests.live(i + 1, 1, Events.chunk(i));
    }
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.live(11, 1, Events.cancelled(CancelReason.CLIENT_GONE));
    assertEnd(Outcome.CANCELLED, 10);
  }

  @Test
  void anEndThatCountsNoMoreIsNone() {
    leaveAfterTwoChunks();
    requests.live(3, 2, Events.started());
    requests.live(4, 1, Events.cancelled(CancelReason.CLIENT_GONE));
    assertEquals(Optional.empty(), seen().end());
    requests.live(5, 2, Events.cancelled(CancelReason.CLIENT_GONE));
    assertEnd(Outcome.CANCELLED, 2);
  }

  @Test
  void nothingIsClaimedWhereTheStreamIsNotReadAnyMore() {
    requests.resumed(sink, 0);
    ResponseStream stream = sink.stream();
    stream.replay(0, 0, SampleRequests.record(1, Events.started()));
    assertTrue(seen().followed());
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    assertFalse(seen().followed());
    assertEquals(Optional.empty(), seen().end());
  }

  @Test
  void whatNobodyAsksForAnyMoreIsNotFollowed() {
    leaveAfterTwoChunks();
    TokenRecord end = SampleRequests.record(1, Events.cancelled(CancelReason.CLIENT_GONE));
    requests.after(RecentRequests.KEPT);
    assertEquals(Received.FOREIGN, requests.receive(3, end));
  }

  private void leaveAfterTwoChunks() {
    ResponseStream stream = begin();
    requests.live(1, 1, Events.chunk(0));
    requests.live(2, 1, Events.chunk(1));
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    assertEquals(List.of("cancel CLIENT_GONE"), requests.effects);
  }

  private ResponseStream begin() {
    requests.partitions.begin(List.of(new ReplyTo(0, 0)));
    ResponseStream stream = requests.accepted(sink);
    requests.live(0, 1, Events.started());
    return stream;
  }

  private RecentRequest seen() {
    return requests.streams.recent(SampleRequests.ID, SampleRequests.ACME).orElseThrow();
  }

  private void assertEnd(Outcome outcome, long chunks) {
    RecentRequest.End end = seen().end().orElseThrow();
    assertEquals(outcome, end.terminal().outcome());
    assertEquals(chunks, end.chunks());
  }
}
