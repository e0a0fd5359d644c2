package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.event.TokenEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events that a client does not take yet wait, a few in memory and the others in the log. */
final class SlowClientTest {

  private final SampleRequests requests = new SampleRequests(Duration.ZERO);
  private final RecordingSink sink = new RecordingSink();
  private long offset;

  @Test
  void eventsWaitForASlowCallerAndComeWhenItIsReady() {
    ResponseStream stream = requests.accepted(sink);
    sink.ready = false;
    receive(Events.started());
    receive(Events.chunk(0));
    receive(Events.finished());
    assertHeard("opened", "accepted");
    sink.ready = true;
    stream.drain();
    assertHeard("opened", "accepted", "started 1", "chunk 0", "finished");
  }

  @Test
  void tooManyWaitingEventsAreForgottenAndReadAgainWhenTheCallerIsReady() {
    ResponseStream stream = requests.accepted(sink);
    sink.ready = false;
    receive(Events.started());
    for (int i = 0; i < 5; i++) {
      receive(Events.chunk(i));
    }
    assertEquals(1, requests.counted("replies.overflowed"));
    stream.drain();
    assertEquals(List.of(), requests.replays);
    sink.ready = true;
    stream.drain();
    assertEquals(List.of(stream), requests.replays);
    assertHeard("opened", "accepted");
    assertEquals(0, stream.wanted());
    assertEquals(List.of(), requests.effects);
  }

  @Test
  void tooManyWaitingBytesDoToo() {
    ResponseStream stream = requests.accepted(sink);
    receive(Events.started());
    sink.ready = false;
    receive(Events.chunk(0));
    receive(Events.chunk(1, "x".repeat(6_000)));
    sink.ready = true;
    stream.drain();
    assertHeard("opened", "accepted", "started 1");
    assertEquals(List.of(stream), requests.replays);
    assertEquals(1, stream.wanted());
  }

  @Test
  void aSingleLargeEventMayWait() {
    ResponseStream stream = requests.accepted(sink);
    receive(Events.started());
    sink.ready = false;
    receive(Events.chunk(0, "x".repeat(6_000)));
    sink.ready = true;
    stream.drain();
    assertHeard("opened", "accepted", "started 1", "chunk 0");
  }

  private void receive(TokenEvent event) {
    requests.live(offset++, 1, event);
  }

  private void assertHeard(String... expected) {
    assertEquals(List.of(expected), sink.heard);
  }
}
