package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.runtime.trace.GenAiOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Connections that fail whatever is told to them do not keep others from being told. */
final class FaultySinkTest {

  private static final int REQUESTS = 20;

  private final SampleRequests requests = new SampleRequests(Duration.ZERO);
  private final List<RecordingSink> sound = new ArrayList<>();
  private int faults;

  FaultySinkTest() {
    for (int i = 0; i < REQUESTS; i++) {
      RecordingSink sink = i % 2 == 0 ? new Faulty() : new RecordingSink();
      open(new RequestId(7, i), sink);
      if (!(sink instanceof Faulty)) {
        sound.add(sink);
      }
    }
  }

  private void open(RequestId id, ResponseSink sink) {
    var handle =
        requests.streams.handle(id, new SessionId("s"), SampleRequests.ACME, new ReplyTo(0, 0));
    ResponseStream stream =
        requests.streams.open(
            handle,
            SampleRequests.ACME,
            SampleRequests.WAIT,
            GenAiOperation.TEXT_COMPLETION,
            Optional.empty(),
            sink);
    stream.send();
    stream.acknowledge();
  }

  @Test
  void everyDeadlineIsWatched() {
    requests.after(SampleRequests.WAIT);
    assertToldAndGone("failed DEADLINE_EXCEEDED");
  }

  @Test
  void everyCallerIsReleased() {
    requests.streams.detachAll();
    assertToldAndGone("failed SHUTTING_DOWN");
  }

  private void assertToldAndGone(String end) {
    assertEquals(REQUESTS / 2, faults);
    for (RecordingSink sink : sound) {
      assertEquals(List.of("opened", "accepted", end), sink.heard());
    }
    assertEquals(0, requests.streams.size());
  }

  private final class Faulty extends RecordingSink {

    @Override
    public void failed(Failure failure) {
      faults++;
      throw new IllegalStateException("thrown on purpose by a test");
    }
  }
}
