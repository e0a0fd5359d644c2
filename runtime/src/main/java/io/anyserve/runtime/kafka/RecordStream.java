package io.anyserve.runtime.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses one batch record by record and passes over what is too large, so that it needs no
 * more memory than the largest record that is let through. The format is Kafka's record format 2.
 * Not thread-safe.
 */
final class RecordStream implements AutoCloseable {

  /** What a header takes beside its bytes. */
  private static final int HEADER_OVERHEAD = 64;

  private final TopicPartition partition;
  private final DefaultRecordBatch batch;
  private final InputStream in;
  private final int largest;
  private int left;
  private int room;
  private boolean skipped;

  /**
   * @param largest bytes of key, value and headers together
   */
  RecordStream(TopicPartition partition, DefaultRecordBatch batch, int largest) {
    this.partition = partition;
    this.batch = batch;
    this.in = batch.recordInputStream(BufferSupplier.NO_CACHING);
    this.largest = largest;
    this.left = batch.countOrNull();
  }

  boolean hasNext() {
    return left > 0;
  }

  ConsumerRecord<byte[], byte[]> next() throws IOException {
    left--;
    room = largest;
    skipped = false;
    int size = ByteUtils.readVarint(in);
    in.skipNBytes(1); // attributes, which say nothing yet
    long timestamp = timestamp(ByteUtils.readVarlong(in));
    long offset = batch.baseOffset() + ByteUtils.readVarint(in);
    byte[] key = bytes();
    byte[] value = bytes();
    RecordHeaders headers = headers();
    if (skipped) {
      SkippedContent.mark(headers, size, largest);
      value = null;
    }
    return record(offset, timestamp, key, value, headers);
  }

  private ConsumerRecord<byte[], byte[]> record(
      long offset,
      long timestamp,
      byte @Nullable [] key,
      byte @Nullable [] value,
      RecordHeaders headers) {
    return new ConsumerRecord<>(
        partition.topic(),
        partition.partition(),
        offset,
        timestamp,
        batch.timestampType(),
        key == null ? ConsumerRecord.NULL_SIZE : key.length,
        value == null ? ConsumerRecord.NULL_SIZE : value.length,
        key,
        value,
        headers,
        Optional.of(batch.partitionLeaderEpoch()));
  }

  private long timestamp(long delta) {
    return batch.timestampType() == TimestampType.LOG_APPEND_TIME
        ? batch.maxTimestamp()
        : batch.baseTimestamp() + delta;
  }

  private RecordHeaders headers() throws IOException {
    RecordHeaders headers = new RecordHeaders();
    int count = ByteUtils.readVarint(in);
    for (int i = 0; i < count; i++) {
      byte[] key = bytes();
      byte[] value = bytes();
      room -= HEADER_OVERHEAD;
      if (key != null && !skipped) {
        headers.add(new String(key, StandardCharsets.UTF_8), value);
      }
    }
    return headers;
  }

  /** Null also for what there is no room for. */
  private byte @Nullable [] bytes() throws IOException {
    int length = ByteUtils.readVarint(in);
    if (length < 0) {
      return null;
    }
    if (length > room) {
      in.skipNBytes(length);
      skipped = true;
      return null;
    }
    room -= length;
    return in.readNBytes(length);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
