package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.idempotency.PendingIdempotency;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Something throws while a caller is fed: the caller is told an end all the same. */
final class UnforeseenFaultTest {

  private static final String TOLD = "failed INTERNAL";

  private final SampleRequests requests = new SampleRequests(Duration.ZERO);
  private final RecordingSink sink = new RecordingSink();

  @Test
  void atItsDeadline() {
    requests.accepted(sink);
    requests.broken = true;
    requests.after(SampleRequests.WAIT);
    assertHeard(sink, "opened", "accepted", TOLD);
  }

  @Test
  void whileTheIngressStops() {
    var failing = new FailsAt(Step.STARTED);
    requests.accepted(failing);
    requests.live(0, 1, Events.started());
    requests.streams.detachAll();
    assertHeard(failing, "opened", "accepted", TOLD);
  }

  @Test
  void inTheMiddleOfItsAnswer() {
    var failing = new FailsAt(Step.CHUNK);
    requests.accepted(failing);
    requests.live(0, 1, Events.started());
    requests.live(1, 1, Events.chunk(0));
    requests.live(2, 1, Events.chunk(1));
    assertHeard(failing, "opened", "accepted", "started 1", TOLD);
    assertEquals(List.of("cancel " + CancelReason.CLIENT_GONE), requests.effects);
  }

  @Test
  void atItsEnd() {
    var failing = new FailsAt(Step.FINISHED);
    requests.accepted(failing);
    requests.live(0, 1, Events.started());
    requests.live(1, 1, Events.finished());
    assertHeard(failing, "opened", "accepted", "started 1", TOLD);
  }

  /** Its key was used before, and the earlier stream cannot be read. */
  @Test
  void asAGuestOfTheEarlierSubmission() {
    var claim = new PendingIdempotency(new Idempotency(5, "0".repeat(64)), Instant.ofEpochMilli(1));
    ResponseStream stream = requests.opened(sink, Optional.of(claim));
    stream.send();
    stream.acknowledge();
    requests.broken = true;
    var first =
        new TokenEvent.DuplicateSubmission(
            new ReplyTo(0, 0), "0".repeat(64), ((Started) Events.started()).context());
    requests.live(0, TokenRecord.duplicate(SampleRequests.ID, 5, first));
    assertEquals(TOLD, sink.heard().getLast());
  }

  private void assertHeard(RecordingSink caller, String... expected) {
    assertEquals(List.of(expected), caller.heard());
    assertEquals(0, requests.streams.size());
  }

  private enum Step {
    STARTED,
    CHUNK,
    FINISHED
  }

  private static final class FailsAt extends RecordingSink {

    private final Step step;

    FailsAt(Step step) {
      this.step = step;
    }

    @Override
    public void started(int attempt, Started started) {
      fail(Step.STARTED);
      super.started(attempt, started);
    }

    @Override
    public void chunk(Chunk chunk) {
      fail(Step.CHUNK);
      super.chunk(chunk);
    }

    @Override
    public void finished(Finished finished) {
      fail(Step.FINISHED);
      super.finished(finished);
    }

    private void fail(Step here) {
      if (here == step) {
        throw new IllegalStateException("thrown on purpose by a test");
      }
    }
  }
}
