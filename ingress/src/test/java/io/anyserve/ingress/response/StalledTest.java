package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.runtime.trace.GenAiOperation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that read nothing cost nothing, however much is written for them. */
@Timeout(180)
final class StalledTest {

  private static final int STREAMS = 1_000;
  private static final int CHUNKS = 300;
  private static final String PIECE = "x".repeat(100);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<ResponseStream> replays = new ArrayList<>();
  private final List<RecordingSink> sinks = new ArrayList<>();
  private final ResponseStreams streams =
      new ResponseStreams(
          ResponseLimits.DEFAULT,
          new ResponseMetrics(meters),
          new StreamCallbacks((request, reason) -> {}, request -> {}, replays::add),
          new AssignedPartitions(),
          new ResumeTokenCodec(new byte[16]),
          () -> 0);
  private long offset;

  @BeforeEach
  void open() {
    for (int i = 0; i < STREAMS; i++) {
      var handle =
          new StreamHandle(new RequestId(i, i), new SessionId("s"), new ReplyTo(0, 0), "t");
      var sink = new RecordingSink();
      sinks.add(sink);
      ResponseStream stream =
          streams.open(
              handle,
              SampleRequests.ACME,
              Duration.ofHours(1),
              GenAiOperation.TEXT_COMPLETION,
              Optional.empty(),
              sink);
      stream.send();
      stream.acknowledge();
      receive(i, Events.started());
      sink.ready = false;
    }
  }

  @Test
  void aThousandStalledStreamsKeepTheirEventsInTheLogAlone() {
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      for (int i = 0; i < STREAMS; i++) {
        receive(i, Events.chunk(chunk, PIECE));
      }
      assertTrue(waiting() <= (double) STREAMS * ResponseLimits.DEFAULT.waitingEvents());
    }
    assertEquals(0, waiting());
    assertEquals(STREAMS, meters.counter("anyserve.ingress.replies.overflowed").count());
    assertEquals(STREAMS, streams.size());
    assertEquals(List.of(), replays);
  }

  @Test
  void whoeverReadsAgainIsReplayedFromItsPlace() {
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      for (int i = 0; i < STREAMS; i++) {
        receive(i, Events.chunk(chunk, PIECE));
      }
    }
    RecordingSink sink = sinks.get(7);
    sink.ready = true;
    sink.stream().drain();
    assertEquals(List.of(sink.stream()), replays);
    assertEquals(STREAMS + 7, sink.stream().wanted());
  }

  @Test
  void whatWaitedForACallerThatLeftIsForgotten() {
    receive(3, Events.chunk(0));
    assertEquals(1, waiting());
    sinks.get(3).stream().onDisconnect(CancelReason.CLIENT_GONE);
    assertEquals(0, waiting());
  }

  private double waiting() {
    return meters.get("anyserve.ingress.replies.waiting").gauge().value();
  }

  private void receive(int number, TokenEvent event) {
    var record = new TokenRecord(new RequestId(number, number), 1, 1, event);
    streams.receive(0, offset++, 0, record.request().bytes(), TokenCodec.encode(record));
  }
}
