package io.anyserve.router.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.router.streams.DeadLetterFactory;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.router.streams.TopicRecord;
import io.anyserve.runtime.streams.DelayedPunctuation;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Writes results and dead letters. A stream thread's. */
final class ResultWriter {

  private static final String CONTENT_TYPE = "content-type";

  private final ProcessorContext<byte[], TopicRecord> context;
  private final RouterDependencies dependencies;
  private final DeadLetterFactory deadLetters;
  private final RouterMetrics meters;
  private final DelayedPunctuation commit;

  ResultWriter(ProcessorContext<byte[], TopicRecord> context, RouterDependencies dependencies) {
    this.context = context;
    this.dependencies = dependencies;
    this.deadLetters = new DeadLetterFactory(dependencies.maxRecordBytes());
    this.meters = dependencies.meters();
    this.commit = DelayedPunctuation.commit(context);
  }

  /** The record to write, with the key, time and trace of the one that led to it. */
  Record<byte[], TopicRecord> encode(RequestResult given, Record<byte[], byte[]> cause) {
    RequestResult result = fitting(given);
    Headers headers = new RecordHeaders(cause.headers());
    headers.remove(CONTENT_TYPE);
    headers.add(CONTENT_TYPE, UsageCodec.contentType(result).getBytes(UTF_8));
    TopicRecord value = new TopicRecord(dependencies.topics().results(), UsageCodec.encode(result));
    return cause.withValue(value).withHeaders(headers);
  }

  /** A result that the broker does not take would abort the transaction again and again. */
  private RequestResult fitting(RequestResult result) {
    int size = UsageCodec.encode(result).length;
    int most = dependencies.maxRecordBytes();
    if (size <= most) {
      return result;
    }
    String message = "output: " + size + " bytes (expected: at most " + most + " in a record)";
    var failed =
        new Failed(
            new Failure(FailureCode.TOO_LARGE, message),
            result.outcome().usage(),
            Optional.empty());
    return new RequestResult(result.request(), result.context(), failed, result.servedBy());
  }

  void write(Record<byte[], TopicRecord> result) {
    forward(result, ResultsTopology.RESULTS_SINK);
  }

  /** Writes the record that is read now to {@code dlq}. */
  void deadLetter(Record<byte[], byte[]> record, Throwable reason) {
    RecordMetadata metadata = context.recordMetadata().orElseThrow();
    meters.deadLetter(metadata.topic());
    var position = new TopicOffset(metadata.topic(), metadata.partition(), metadata.offset());
    Record<byte[], byte[]> dead = deadLetters.of(record, position, reason);
    TopicRecord value = new TopicRecord(dependencies.topics().deadLetters(), dead.value());
    forward(dead.withValue(value), ResultsTopology.DEAD_LETTERS_SINK);
  }

  private void forward(Record<byte[], TopicRecord> written, String sink) {
    context.forward(written, sink);
    commit.request();
  }
}
