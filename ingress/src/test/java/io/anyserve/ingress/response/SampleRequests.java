package io.anyserve.ingress.response;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.idempotency.PendingIdempotency;
import io.anyserve.runtime.trace.GenAiOperation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Replies with everything around them written down: the test moves the clock and the log. */
final class SampleRequests {

  static final RequestId ID = new RequestId(1, 2);
  static final TenantId ACME = new TenantId("acme");
  static final Duration WAIT = Duration.ofMinutes(10);

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<String> effects = new ArrayList<>();
  final List<ResponseStream> replays = new ArrayList<>();
  final AssignedPartitions partitions = new AssignedPartitions();
  final ResponseStreams streams;
  long now;
  boolean broken;

  SampleRequests(Duration grace) {
    this(grace, 100);
  }

  SampleRequests(Duration grace, int resumes) {
    streams =
        new ResponseStreams(
            new ResponseLimits(100, resumes, 3, 10_000, grace),
            new ResponseMetrics(meters),
            new StreamCallbacks(
                (request, reason) -> effect("cancel " + reason),
                request -> effect("adopt"),
                this::replay),
            partitions,
            new ResumeTokenCodec(new byte[16]),
            () -> now);
  }

  private void effect(String what) {
    failIfBroken();
    effects.add(what);
  }

  private void replay(ResponseStream stream) {
    failIfBroken();
    replays.add(stream);
  }

  private void failIfBroken() {
    if (broken) {
      throw new IllegalStateException("thrown on purpose by a test");
    }
  }

  /** Opened, sent and acknowledged. */
  ResponseStream accepted(RecordingSink sink) {
    ResponseStream stream = opened(sink, Optional.empty());
    stream.send();
    stream.acknowledge();
    return stream;
  }

  ResponseStream opened(RecordingSink sink, Optional<PendingIdempotency> claim) {
    return streams.open(handle(0), ACME, WAIT, GenAiOperation.TEXT_COMPLETION, claim, sink);
  }

  StreamHandle handle(long from) {
    return streams.handle(ID, new SessionId("s"), ACME, new ReplyTo(0, from));
  }

  /** The reader of a caller that resumed; the replay is asked for it if the sink is ready. */
  ResponseStream resumed(RecordingSink sink, long fromSequence) {
    return resumed(sink, handle(0).resumeToken(), fromSequence);
  }

  ResponseStream resumed(RecordingSink sink, String token, long fromSequence) {
    streams.resume(token, ACME, fromSequence, WAIT, sink);
    return sink.stream();
  }

  void live(long offset, int attempt, TokenEvent event) {
    live(offset, record(attempt, event));
  }

  /** As the live reader does, which says how far it came before it hands a record over. */
  void live(long offset, TokenRecord record) {
    receive(offset, record);
  }

  ResponseStreams.Received receive(long offset, TokenRecord record) {
    if (partitions.reached(0) != AssignedPartitions.NOT_READ) {
      partitions.reached(0, offset + 1);
    }
    return streams.receive(0, offset, 0, ID.bytes(), TokenCodec.encode(record));
  }

  static TokenRecord record(int attempt, TokenEvent event) {
    return new TokenRecord(ID, attempt, 100L + attempt, event);
  }

  void after(Duration time) {
    now += time.toNanos();
    streams.expire();
  }

  double counted(String name, String... tags) {
    return meters.counter("anyserve.ingress." + name, tags).count();
  }

  double inFlight() {
    return meters.get("anyserve.ingress.requests.in.flight").gauge().value();
  }
}
