package io.anyserve.router.streams;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.topic.DeadLetter;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Makes dead letters: the record as it was, with headers that say where it lay and why it failed.
 * Of a record that is too large to be written again only these headers are kept.
 */
public record DeadLetterFactory(int maxRecordBytes) {

  private static final byte[] NOTHING = new byte[0];

  public Record<byte[], byte[]> of(
      Record<byte[], byte[]> record, TopicOffset position, Throwable reason) {
    boolean fits = size(record) <= maxRecordBytes;
    Headers headers = fits ? new RecordHeaders(record.headers()) : new RecordHeaders();
    DeadLetter.headers(position.topic(), position.partition(), position.offset(), reason)
        .forEach(headers::add);
    Record<byte[], byte[]> dead = fits ? record : record.withKey(NOTHING).withValue(NOTHING);
    return dead.withHeaders(headers);
  }

  /** Bytes of key, value and headers. */
  public static long size(Record<byte[], byte[]> record) {
    long size = size(record.key()) + size(record.value());
    for (Header header : record.headers()) {
      size += header.key().length() + size(header.value());
    }
    return size;
  }

  private static long size(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
