package io.anyserve.router.intake;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.router.intake.ParsedIntake.Invalid;
import io.anyserve.router.intake.ParsedIntake.Valid;
import io.anyserve.router.routing.Routing;
import io.anyserve.router.routing.StoreBackedDirectory;
import io.anyserve.router.streams.DeadLetterFactory;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.runtime.kafka.PoisonRecords;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes each record of {@code intake} through its steps:
 *
 * <pre>
 * parse --> its id belongs to another partition --> move it there
 *   |
 *   +-----> no request --> {@link InvalidSubmissionHandler}
 *   |
 *   +-----> decide where it goes --> {@link SubmissionDeduplicator} --> {@link IntakeDispatcher}
 * </pre>
 *
 * <p>A stream thread's.
 */
@SuppressWarnings("NullAway.Init") // init comes before the first record
final class IntakeProcessor implements Processor<byte[], byte[], byte[], IntakeOutput> {

  private static final Logger log = LoggerFactory.getLogger(IntakeProcessor.class);

  private final IntakeRules rules;
  private final IntakeParser parser;
  private final InstantSource clock;
  private final RouterMetrics meters;
  private ProcessorContext<byte[], IntakeOutput> context;
  private IntakeWriter writer;
  private IntakeDispatcher dispatcher;
  private SubmissionDeduplicator submissions;
  private InvalidSubmissionHandler invalidSubmissions;

  IntakeProcessor(IntakeRules rules, InstantSource clock, RouterMetrics meters) {
    this.rules = rules;
    this.parser = new IntakeParser(rules);
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<byte[], IntakeOutput> context) {
    this.context = context;
    var directory =
        new StoreBackedDirectory(
            context.getStateStore(IntakeTopology.WORKERS),
            context.getStateStore(IntakeTopology.CAPABILITIES),
            clock);
    var store = new IdempotencyStore(context.getStateStore(IntakeTopology.SUBMISSIONS));
    int maxRecordBytes = rules.maxRecordBytes();
    this.writer = new IntakeWriter(context, new DeadLetterFactory(maxRecordBytes), meters);
    this.dispatcher = new IntakeDispatcher(new Routing(directory), maxRecordBytes, writer, meters);
    this.submissions = new SubmissionDeduplicator(store, writer, meters);
    this.invalidSubmissions = new InvalidSubmissionHandler(rules, submissions, writer, meters);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    meters.read();
    IntakeRecord received = IntakeRecord.of(record, context.recordMetadata().orElseThrow());
    ParsedIntake parsed = parser.read(received);
    PoisonRecords.passOver(
        () -> process(parsed, received),
        failure -> {
          meters.refused(FailureCode.INTERNAL);
          deadLetter(received, failure);
        });
  }

  private void process(ParsedIntake parsed, IntakeRecord record) {
    Optional<RequestId> chosen = parsed.chosenId();
    if (chosen.isPresent() && mustMove(chosen.get(), record)) {
      meters.moved();
      writer.move(record, chosen.get(), rules.homeOf(chosen.get()));
      return;
    }
    switch (parsed) {
      case Valid(InferenceRequest request, boolean _) ->
          accept(request, chosen.isPresent(), record);
      case Invalid invalid -> invalidSubmissions.refuse(invalid, reason(invalid, record), record);
    }
  }

  /** What is too large to be written again is refused where it lies. */
  private boolean mustMove(RequestId id, IntakeRecord record) {
    return rules.homeOf(id) != record.place().partition()
        && DeadLetterFactory.size(record.record()) <= rules.maxRecordBytes();
  }

  /** A value that the consumer left out is too large, not empty. */
  private static Throwable reason(Invalid invalid, IntakeRecord record) {
    return record
        .skipped()
        .<Throwable>map(MalformedRecordException::new)
        .orElseGet(invalid::reason);
  }

  private void accept(InferenceRequest request, boolean chosen, IntakeRecord record) {
    IntakeDecision decision =
        PoisonRecords.orElse(
            () -> dispatcher.decide(request, record), failure -> refuse(record, failure));
    if (submissions.isFirst(request, chosen, record)) {
      dispatcher.carryOut(decision, request, record);
    }
  }

  /** A request that makes the router fail ends like any that is refused. */
  private IntakeDecision refuse(IntakeRecord record, Throwable failure) {
    deadLetter(record, failure);
    return new IntakeDecision.Refuse(
        new Failure(FailureCode.INTERNAL, "the router failed at this request: " + failure));
  }

  private void deadLetter(IntakeRecord record, Throwable failure) {
    log.error(
        "{}-{}@{}: passed over, and buried in the dead letters",
        record.place().topic(),
        record.place().partition(),
        record.place().offset(),
        failure);
    writer.deadLetter(record, failure);
  }
}
