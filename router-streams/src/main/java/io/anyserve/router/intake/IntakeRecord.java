package io.anyserve.router.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.runtime.kafka.SkippedContent;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** A record of {@code intake} as it came. */
record IntakeRecord(Position place, Record<byte[], byte[]> record) {

  static final String CONTENT_TYPE = "content-type";

  /** Of a record that was moved: the partition and offset that it came from. */
  static final String ORIGIN = "anyserve-origin";

  static IntakeRecord of(Record<byte[], byte[]> record, RecordMetadata metadata) {
    return new IntakeRecord(
        new Position(
            metadata.topic(),
            metadata.partition(),
            metadata.offset(),
            Instant.ofEpochMilli(record.timestamp())),
        record);
  }

  byte @Nullable [] key() {
    return record.key();
  }

  byte @Nullable [] value() {
    return record.value();
  }

  /** Milliseconds since the epoch, by the log's clock. */
  long timestamp() {
    return record.timestamp();
  }

  /** As its header says. */
  Optional<String> contentType() {
    return header(CONTENT_TYPE).map(value -> new String(value, UTF_8));
  }

  /** Where a moved record was first written. */
  Optional<byte[]> origin() {
    return header(ORIGIN);
  }

  private Optional<byte[]> header(String name) {
    return Optional.ofNullable(record.headers().lastHeader(name)).map(Header::value);
  }

  /** The size and the limit, when the consumer left the value out as too large to hold. */
  Optional<String> skipped() {
    return record.value() != null ? Optional.empty() : SkippedContent.reason(record.headers());
  }

  /**
   * Where it lies.
   *
   * @param at by the log's clock
   */
  record Position(String topic, int partition, long offset, Instant at) {

    TopicOffset position() {
      return new TopicOffset(topic, partition, offset);
    }

    /** The id of a request that names none: the same whenever this record is read. */
    RequestId requestId() {
      String name = topic + "/" + partition + "/" + offset + "@" + at.toEpochMilli();
      UUID id = UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
      return new RequestId(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
  }
}
