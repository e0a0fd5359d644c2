package io.anyserve.router.results;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.results.RequestState.Span;
import io.anyserve.runtime.kafka.SeekableLogReader;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads events of one request again, in the order of the log. Blocks while the log is read.
 *
 * @param tokens the partition of its events
 */
record RequestEventReader(SeekableLogReader log, TopicPartition tokens) {

  /** Hands over those in the span that are still kept; what cannot be decoded is left out. */
  void read(RequestId request, Span span, Consumer<TokenRecord> reader) {
    log.read(
        tokens, span.first(), span.last() + 1, record -> events(record, request).forEach(reader));
  }

  private static List<TokenRecord> events(
      ConsumerRecord<byte[], byte[]> record, RequestId request) {
    try {
      return TokenCodec.decodeAll(record.key(), record.value(), request::equals);
    } catch (MalformedRecordException deadLetter) {
      return List.of();
    }
  }

  /** What the events said when they came; empty when they are no longer kept. */
  Optional<RequestResult> result(RequestId request, Span span) {
    PastResult result = new PastResult(request);
    read(request, span, result::apply);
    return result.result();
  }
}
