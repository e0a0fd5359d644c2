package io.anyserve.router.streams;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.topic.TopicNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;

/**
 * Handles a record that the broker does not take: one that is too large, or whose topic is gone, is
 * answered and becomes a dead letter; any other is sent again. Kafka Streams makes it by name.
 */
public final class UndeliverableRequestHandler implements ProductionExceptionHandler {

  /** The setting that holds the topics' prefix. */
  public static final String PREFIX = "anyserve.topics.prefix";

  private TopicNames topics = TopicNames.withDefaultPrefix();

  @Override
  public void configure(Map<String, ?> configs) {
    topics = new TopicNames(String.valueOf(configs.get(PREFIX)));
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
    return reason(exception)
        .map(code -> Response.resume(instead(record, code, exception)))
        .orElseGet(
            () -> exception instanceof RetriableException ? Response.retry() : Response.fail());
  }

  private static Optional<FailureCode> reason(Throwable exception) {
    return switch (exception) {
      case RecordTooLargeException _ -> Optional.of(FailureCode.TOO_LARGE);
      case UnknownTopicOrPartitionException _ -> Optional.of(FailureCode.NO_WORKER);
      default ->
          Optional.ofNullable(exception.getCause()).flatMap(UndeliverableRequestHandler::reason);
    };
  }

  private List<ProducerRecord<byte[], byte[]>> instead(
      ProducerRecord<byte[], byte[]> record, FailureCode code, Exception exception) {
    if (record.topic().equals(topics.deadLetters())) {
      return List.of();
    }
    return answer(record, code, exception)
        .map(failed -> List.of(failed, deadLetter(record, exception)))
        .orElseGet(() -> List.of(deadLetter(record, exception)));
  }

  private Optional<ProducerRecord<byte[], byte[]>> answer(
      ProducerRecord<byte[], byte[]> record, FailureCode code, Exception exception) {
    try {
      InferenceRequest request = RequestCodec.decode(record.value());
      var failure = new Failure(code, record.topic() + ": " + exception.getMessage());
      var failed = new Failed(failure, TokenUsage.NONE, Optional.of(request.context()));
      return Optional.of(
          new ProducerRecord<>(
              topics.tokens(),
              request.routing().reply().partition(),
              request.id().bytes(),
              TokenCodec.encode(TokenRecord.unassigned(request.id(), failed))));
    } catch (MalformedRecordException notOne) {
      return Optional.empty();
    }
  }

  /** Without the value: what is too large for one topic is too large for {@code dlq}. */
  private ProducerRecord<byte[], byte[]> deadLetter(
      ProducerRecord<byte[], byte[]> record, Exception exception) {
    var dead = new ProducerRecord<byte[], byte[]>(topics.deadLetters(), record.key(), new byte[0]);
    DeadLetter.headers(record.topic(), -1, -1, exception).forEach(dead.headers()::add);
    return dead;
  }
}
