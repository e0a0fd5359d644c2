package io.anyserve.router.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.intake.IntakeOutput.DeadLetterValue;
import io.anyserve.router.intake.IntakeOutput.DirectResult;
import io.anyserve.router.intake.IntakeOutput.Moved;
import io.anyserve.router.intake.ParsedIntake.Sender;
import io.anyserve.router.streams.DeadLetterFactory;
import io.anyserve.router.streams.RouterMetrics;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Writes the records that a record of {@code intake} leads to, each with the time and the trace of
 * that record. It counts dead letters; whoever decides on a request counts the decision. A stream
 * thread's.
 */
final class IntakeWriter {

  private static final Set<String> TRACE_HEADERS = Set.of("traceparent", "tracestate");
  private static final byte[] PROTOBUF = "application/x-protobuf".getBytes(UTF_8);

  private final ProcessorContext<byte[], IntakeOutput> context;
  private final DeadLetterFactory deadLetters;
  private final RouterMetrics meters;

  IntakeWriter(
      ProcessorContext<byte[], IntakeOutput> context,
      DeadLetterFactory deadLetters,
      RouterMetrics meters) {
    this.context = context;
    this.deadLetters = deadLetters;
    this.meters = meters;
  }

  /** Sends a request to its capability. */
  void request(IntakeOutput.Routed work, IntakeRecord cause) {
    byte[] session = work.request().context().session().value().getBytes(UTF_8);
    forward(session, work, PROTOBUF, cause, IntakeTopology.REQUESTS_SINK);
  }

  /** Writes an event to the request's partition of {@code tokens}. */
  void answer(IntakeOutput.Rejection answer, IntakeRecord cause) {
    byte[] id = answer.event().request().bytes();
    forward(id, answer, PROTOBUF, cause, IntakeTopology.TOKENS_SINK);
  }

  /** Ends a request for whoever reads its events. */
  void failedEvent(Sender sender, Failure failure, IntakeRecord cause) {
    var failed = new Failed(failure, TokenUsage.NONE, Optional.of(sender.context()));
    answer(
        new IntakeOutput.Rejection(sender.partition(), TokenRecord.unassigned(sender.id(), failed)),
        cause);
  }

  /** Writes to {@code results} alone: on {@code tokens} the id may be another submission's. */
  void failedResult(Sender sender, Failure failure, IntakeRecord cause) {
    var result =
        new RequestResult(
            sender.id(),
            sender.context(),
            new Failed(failure, TokenUsage.NONE, Optional.empty()),
            ServedBy.NOBODY);
    byte[] type = UsageCodec.contentType(result).getBytes(UTF_8);
    byte[] id = sender.id().bytes();
    forward(id, new DirectResult(result), type, cause, IntakeTopology.RESULTS_SINK);
  }

  /** Writes the record again, unchanged, so that it is read there as it would have been here. */
  void move(IntakeRecord moved, RequestId id, int partition) {
    IntakeRecord.Position from = moved.place();
    Headers headers = new RecordHeaders(moved.record().headers());
    headers.remove(IntakeRecord.ORIGIN);
    headers.add(IntakeRecord.ORIGIN, (from.partition() + ":" + from.offset()).getBytes(UTF_8));
    IntakeOutput value = new Moved(partition, moved.value());
    context.forward(
        moved.record().withKey(id.bytes()).withValue(value).withHeaders(headers),
        IntakeTopology.HOME_SINK);
  }

  void deadLetter(IntakeRecord dead, Throwable reason) {
    meters.deadLetter(dead.place().topic());
    Record<byte[], byte[]> written = deadLetters.of(dead.record(), dead.place().position(), reason);
    context.forward(
        written.withValue(new DeadLetterValue(written.value())), IntakeTopology.DEAD_LETTERS_SINK);
  }

  private void forward(
      byte[] key, IntakeOutput value, byte[] type, IntakeRecord cause, String sink) {
    Headers headers = new RecordHeaders();
    for (Header header : cause.record().headers()) {
      if (TRACE_HEADERS.contains(header.key())) {
        headers.add(header);
      }
    }
    headers.add(IntakeRecord.CONTENT_TYPE, type);
    context.forward(cause.record().withKey(key).withValue(value).withHeaders(headers), sink);
  }
}
