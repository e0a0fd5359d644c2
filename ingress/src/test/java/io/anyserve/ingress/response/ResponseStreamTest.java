package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.response.ResponseStreams.Received;
import io.anyserve.runtime.trace.GenAiOperation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ResponseStreamTest {

  private static final RequestId ID = new RequestId(1, 2);
  private static final Failure NO_BROKER = new Failure(FailureCode.BROKER_UNAVAILABLE, "gone");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> cancels = new ArrayList<>();
  private long now;
  private long offset;
  private final ResponseStreams streams =
      new ResponseStreams(
          new ResponseLimits(2, 2, 3, 10_000, Duration.ZERO),
          new ResponseMetrics(meters),
          new StreamCallbacks(
              (request, reason) -> cancels.add(request.low() + " " + reason),
              request -> {},
              stream -> {}),
          new AssignedPartitions(),
          new ResumeTokenCodec(new byte[16]),
          () -> now);
  private final RecordingSink sink = new RecordingSink();

  @Test
  void eventsComeInLogOrderAndOnce() {
    ResponseStream stream = accepted();
    receive(1, Events.started());
    receive(1, Events.chunk(0));
    receive(1, Events.chunk(0));
    receive(1, Events.chunk(1));
    receive(1, Events.finished());
    receive(1, Events.finished());
    assertHeard("opened", "accepted", "started 1", "chunk 0", "chunk 1", "finished");
    assertEquals(0, streams.size());
    assertFalse(stream.send());
  }

  @Test
  void theFirstEventProvesAcceptanceBeforeTheAcknowledgement() {
    ResponseStream stream = open(1);
    stream.send();
    receive(1, Events.started());
    stream.acknowledge();
    assertHeard("opened", "accepted", "started 1");
  }

  @Test
  void whatAnOvertakenAttemptWritesIsVoid() {
    accepted();
    receive(1, Events.started());
    receive(1, Events.chunk(0));
    receive(2, Events.started());
    receive(1, Events.chunk(1, "from a zombie"));
    receive(1, Events.finished());
    receive(2, Events.chunk(1));
    receive(2, Events.finished());
    assertHeard("opened", "accepted", "started 1", "chunk 0", "started 2", "chunk 1", "finished");
  }

  @Test
  void aTerminalEventOfARequestThatNobodyTookEndsIt() {
    accepted();
    receive(TokenRecord.unassigned(ID, (TokenEvent.Terminal) Events.failed(FailureCode.NO_WORKER)));
    assertHeard("opened", "accepted", "failed NO_WORKER");
  }

  @Test
  void aMissingChunkIsNeverPassedOver() {
    accepted();
    receive(1, Events.started());
    receive(1, Events.chunk(0));
    receive(1, Events.chunk(2));
    assertHeard("opened", "accepted", "started 1", "chunk 0", "failed INTERNAL");
    assertEquals(List.of("2 CLIENT_GONE"), cancels);
  }

  @Test
  void aCallerThatLeavesStopsTheWorkOnce() {
    ResponseStream stream = accepted();
    receive(1, Events.started());
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    receive(1, Events.chunk(0));
    assertHeard("opened", "accepted", "started 1");
    assertEquals(List.of("2 CLIENT_GONE"), cancels);
    assertEquals(0, streams.size());
  }

  @Test
  void aCallerThatLeavesAfterTheEndOfTheWorkStopsNothing() {
    ResponseStream stream = accepted();
    sink.ready = false;
    receive(1, Events.started());
    receive(1, Events.finished());
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    assertEquals(List.of(), cancels);
    assertBalanced(1, 0, 0, 1);
  }

  @Test
  void aCallerThatLeavesBeforeThePublicationIsNotPublished() {
    ResponseStream stream = open(1);
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    assertFalse(stream.send());
    assertEquals(List.of(), cancels);
    assertBalanced(0, 0, 0, 0);
  }

  @Test
  void whatDidNotReachTheLogIsRefusedNotFailed() {
    ResponseStream stream = open(1);
    assertTrue(stream.send());
    stream.refuse(NO_BROKER);
    stream.acknowledge();
    assertHeard("opened", "failed BROKER_UNAVAILABLE");
    assertBalanced(0, 0, 0, 0);
    assertEquals(
        1,
        meters.counter("anyserve.ingress.requests.refused", "code", "broker_unavailable").count());
  }

  @Test
  void aFailedPublicationOfARequestThatIsBeingAnsweredIsNone() {
    ResponseStream stream = open(1);
    stream.send();
    receive(1, Events.started());
    stream.refuse(NO_BROKER);
    receive(1, Events.finished());
    assertHeard("opened", "accepted", "started 1", "finished");
  }

  @Test
  void theDeadlineEndsARequestThatNobodyAnswers() {
    accepted();
    now = Duration.ofSeconds(10).toNanos() - 1;
    streams.expire();
    assertHeard("opened", "accepted");
    now++;
    streams.expire();
    assertHeard("opened", "accepted", "failed DEADLINE_EXCEEDED");
    assertEquals(List.of("2 DEADLINE"), cancels);
  }

  @Test
  void cancellationsAreToldByTheirReason() {
    accepted();
    receive(1, Events.started());
    receive(1, Events.cancelled(CancelReason.QUOTA));
    assertHeard("opened", "accepted", "started 1", "failed QUOTA_EXHAUSTED");
  }

  @Test
  void aStoppingIngressTellsCallersToResumeAndLetsTheWorkGoOn() {
    accepted();
    streams.stopAccepting();
    assertThrows(FailureException.class, () -> open(9));
    streams.detachAll();
    assertHeard("opened", "accepted", "failed SHUTTING_DOWN");
    assertEquals(List.of(), cancels);
  }

  @Test
  void noMoreThanTheLimitAreInFlight() {
    accepted();
    open(2);
    var refused = assertThrows(FailureException.class, () -> open(3));
    assertEquals(FailureCode.OVERLOADED, refused.failure().code());
    receive(1, Events.started());
    receive(1, Events.finished());
    open(4);
    assertEquals(2, streams.size());
  }

  @Test
  void recordsOfOthersAndBrokenOnesAreToldApart() {
    accepted();
    byte[] value = TokenCodec.encode(new TokenRecord(ID, 1, 1, Events.started()));
    assertEquals(Received.FOREIGN, streams.receive(0, 0, 0, new RequestId(5, 5).bytes(), value));
    assertEquals(
        Received.FOREIGN, streams.receive(0, 0, 0, new RequestId(5, 5).bytes(), new byte[] {9}));
    assertEquals(Received.MALFORMED, streams.receive(0, 0, 0, null, value));
    assertEquals(Received.MALFORMED, streams.receive(0, 0, 0, new byte[3], value));
    assertEquals(Received.MALFORMED, streams.receive(0, 0, 0, ID.bytes(), null));
    assertEquals(Received.MALFORMED, streams.receive(0, 0, 0, ID.bytes(), new byte[0]));
    assertEquals(
        Received.MALFORMED,
        streams.receive(0, 0, 0, ID.bytes(), "junk".getBytes(StandardCharsets.UTF_8)));
    assertEquals(Received.OURS, streams.receive(0, 0, 0, ID.bytes(), value));
    assertHeard("opened", "accepted", "started 1");
  }

  private ResponseStream accepted() {
    ResponseStream stream = open(1);
    assertTrue(stream.send());
    stream.acknowledge();
    return stream;
  }

  private ResponseStream open(long number) {
    RequestId id = number == 1 ? ID : new RequestId(number, number);
    var handle = new StreamHandle(id, new SessionId("s"), new ReplyTo(0, 0), "token");
    return streams.open(
        handle,
        new TenantId("acme"),
        Duration.ofSeconds(10),
        GenAiOperation.TEXT_COMPLETION,
        Optional.empty(),
        number == 1 ? sink : new RecordingSink());
  }

  private void receive(int attempt, TokenEvent event) {
    receive(new TokenRecord(ID, attempt, 100L + attempt, event));
  }

  private void receive(TokenRecord record) {
    streams.receive(0, offset++, 0, ID.bytes(), TokenCodec.encode(record));
  }

  private void assertHeard(String... expected) {
    assertEquals(List.of(expected), sink.heard);
  }

  private void assertBalanced(int accepted, int finished, int failed, int cancelled) {
    assertEquals(accepted, meters.counter("anyserve.ingress.requests.accepted").count());
    assertEquals(finished, ended("finished"));
    assertEquals(failed, ended("failed"));
    assertEquals(cancelled, ended("cancelled"));
  }

  private double ended(String outcome) {
    return meters.counter("anyserve.ingress.requests.ended", "outcome", outcome).count();
  }
}
