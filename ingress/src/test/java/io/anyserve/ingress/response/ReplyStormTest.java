package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.DuplicateSubmission;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.idempotency.PendingIdempotency;
import io.anyserve.runtime.trace.GenAiOperation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever happens to requests, in whatever order and on whatever thread, the meters add up, and a
 * client that stays is told one end.
 */
@Timeout(60)
final class ReplyStormTest {

  private static final int REQUESTS = 400;
  private static final int STEPS = 12;
  private static final long SUBMISSION = 77;
  private static final String DIGEST = "a".repeat(64);

  private final AtomicLong offsets = new AtomicLong();
  private final Set<ResponseStream> disconnected = ConcurrentHashMap.newKeySet();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ResponseStreams streams =
      new ResponseStreams(
          new ResponseLimits(REQUESTS, REQUESTS, 4, 10_000, Duration.ZERO),
          new ResponseMetrics(meters),
          TestEffects.none(),
          new AssignedPartitions(),
          new ResumeTokenCodec(new byte[16]),
          () -> 0);

  @Test
  void acceptedIsFinishedFailedCancelledAndInFlight() throws Exception {
    List<RecordingSink> sinks = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> storms = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        var sink = new RecordingSink();
        sinks.add(sink);
        RequestId id = new RequestId(i, i);
        ResponseStream stream =
            streams.open(
                new StreamHandle(id, new SessionId("s"), new ReplyTo(0, 0), "t"),
                new TenantId("acme"),
                Duration.ofHours(1),
                GenAiOperation.TEXT_COMPLETION,
                claim(i),
                sink);
        for (int thread = 0; thread < 2; thread++) {
          long seed = i * 31L + thread;
          storms.add(threads.submit(() -> storm(stream, sink, new Random(seed))));
        }
      }
      for (Future<?> storm : storms) {
        storm.get();
      }
    }
    double ended = ended("finished") + ended("failed") + ended("cancelled");
    double accepted = meters.counter("anyserve.ingress.requests.accepted").count();
    double inFlight = meters.get("anyserve.ingress.requests.in.flight").gauge().value();
    assertEquals(accepted, ended + inFlight);
    assertEquals(stillOpen(sinks), inFlight);
    assertTrue(ended > 0 && inFlight > 0, () -> ended + " ended, " + inFlight + " in flight");
    sinks.forEach(ReplyStormTest::assertAtMostOneEnd);
    streams.detachAll();
    assertEquals(0, meters.get("anyserve.ingress.requests.in.flight").gauge().value());
    assertEquals(accepted, ended("finished") + ended("failed") + ended("cancelled"));
    assertEquals(0, streams.size());
    sinks.stream()
        .filter(sink -> !disconnected.contains(sink.stream()))
        .forEach(ReplyStormTest::assertOneEnd);
  }

  /** Every third request is under an idempotency key; what a worker writes of it is its own. */
  private static Optional<PendingIdempotency> claim(int number) {
    return number % 3 == 0
        ? Optional.of(new PendingIdempotency(new Idempotency(SUBMISSION, DIGEST), Instant.EPOCH))
        : Optional.empty();
  }

  private double stillOpen(List<RecordingSink> sinks) {
    return (double)
        IntStream.range(0, REQUESTS)
            .filter(i -> streams.find(new RequestId(i, i)).isPresent())
            .filter(i -> sinks.get(i).heard.contains("accepted"))
            .count();
  }

  private static void assertOneEnd(RecordingSink sink) {
    assertEquals(1, ends(sink), sink.heard::toString);
    assertAtMostOneEnd(sink);
  }

  private static void assertAtMostOneEnd(RecordingSink sink) {
    long ends = ends(sink);
    assertTrue(ends <= 1, sink.heard::toString);
    assertTrue(
        ends == 0 || sink.heard.getLast().matches("finished|failed .*"), sink.heard::toString);
  }

  private static long ends(RecordingSink sink) {
    return sink.heard.stream().filter(word -> word.matches("finished|failed .*")).count();
  }

  private void storm(ResponseStream stream, RecordingSink sink, Random random) {
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(13)) {
        case 0, 1 -> stream.send();
        case 2, 3 -> stream.acknowledge();
        case 4 -> sink.ready = random.nextBoolean();
        case 5 -> stream.drain();
        case 6 -> receive(stream, random, Events.started());
        case 7, 8 -> receive(stream, random, Events.chunk(random.nextInt(3)));
        case 9 -> receive(stream, random, Events.finished());
        case 10 -> stream.refuse(new Failure(FailureCode.BROKER_UNAVAILABLE, "x"));
        case 11 -> maybeDisconnect(stream, random);
        case 12 -> conflict(stream, random);
        default -> throw new AssertionError("no such step");
      }
    }
  }

  private void maybeDisconnect(ResponseStream stream, Random random) {
    if (random.nextInt(4) == 0 && stream.spec().claim().isEmpty()) {
      disconnected.add(stream);
      stream.onDisconnect(CancelReason.CLIENT_GONE);
    }
  }

  /** The router says that the key was used before for another request. */
  private void conflict(ResponseStream stream, Random random) {
    if (random.nextInt(4) == 0) {
      RequestId id = stream.handle().request();
      var context = ((Started) Events.started()).context();
      var event = new DuplicateSubmission(new ReplyTo(0, 0), "b".repeat(64), context);
      receive(TokenRecord.duplicate(id, SUBMISSION, event));
    }
  }

  private void receive(ResponseStream stream, Random random, TokenEvent event) {
    int attempt = 1 + random.nextInt(2);
    receive(new TokenRecord(stream.handle().request(), attempt, attempt, event));
  }

  private void receive(TokenRecord record) {
    streams.receive(
        0, offsets.getAndIncrement(), 0, record.request().bytes(), TokenCodec.encode(record));
  }

  private double ended(String outcome) {
    return meters.counter("anyserve.ingress.requests.ended", "outcome", outcome).count();
  }
}
