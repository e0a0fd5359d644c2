package io.anyserve.metering;

import io.anyserve.contracts.topic.DeadLetter;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The dead letter of a record that cannot be counted: the record as it was, with the reason in
 * headers. Keys, values and headers that are too large for the topic are cut or left out, as a dead
 * letter that the broker refuses would abort the transaction again and again.
 */
final class DeadLetterRecord {

  static final int MOST_VALUE_BYTES = 512 << 10;
  static final int MOST_KEY_BYTES = 64 << 10;
  static final int MOST_HEADER_BYTES = 64 << 10;

  private DeadLetterRecord() {}

  static Record<byte[], TopologyOutput> of(
      Record<byte[], byte[]> record, RecordMetadata at, Throwable reason) {
    Headers headers = new RecordHeaders();
    if (size(record.headers()) <= MOST_HEADER_BYTES) {
      record.headers().forEach(headers::add);
    }
    DeadLetter.headers(at.topic(), at.partition(), at.offset(), reason).forEach(headers::add);
    @Nullable Bytes value = cut(Bytes.wrap(record.value()), MOST_VALUE_BYTES);
    @Nullable Bytes key = cut(Bytes.wrap(record.key()), MOST_KEY_BYTES);
    return new Record<>(
        key == null ? null : key.get(),
        new TopologyOutput.DeadLetter(value),
        record.timestamp(),
        headers);
  }

  private static @Nullable Bytes cut(@Nullable Bytes bytes, int most) {
    return bytes == null || bytes.get().length <= most
        ? bytes
        : Bytes.wrap(Arrays.copyOf(bytes.get(), most));
  }

  private static long size(Headers headers) {
    long size = 0;
    for (Header header : headers) {
      size += header.key().length() + (header.value() == null ? 0 : header.value().length);
    }
    return size;
  }
}
