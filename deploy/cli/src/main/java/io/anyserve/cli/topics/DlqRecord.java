package io.anyserve.cli.topics;

import io.anyserve.contracts.topic.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record of the dead letters, and what its headers say about where it lay and why it is there.
 */
public record DlqRecord(ConsumerRecord<byte[], byte[]> record) {

  /** On a record that was put back: the letter's id. */
  public static final String REPLAYED = "anyserve-replayed";

  private static final String ERROR_HEADERS = "__streams.errors.";
  private static final String UNKNOWN = "-1";

  /** Where a letter is among the dead letters. */
  record Id(int partition, long offset) {

    /** Reads {@code partition:offset}; throws IllegalArgumentException. */
    static Id parse(String text) {
      String[] parts = text.split(":", -1);
      try {
        if (parts.length == 2) {
          return new Id(Integer.parseUnsignedInt(parts[0]), Long.parseUnsignedLong(parts[1]));
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(expected(text), e);
      }
      throw new IllegalArgumentException(expected(text));
    }

    private static String expected(String text) {
      return "ID: " + text + " (expected: partition:offset, as in the list)";
    }

    @Override
    public String toString() {
      return partition + ":" + offset;
    }
  }

  Id id() {
    return new Id(record.partition(), record.offset());
  }

  Instant time() {
    return Instant.ofEpochMilli(record.timestamp());
  }

  /** The topic that it lay on; empty when the letter does not say. */
  String topic() {
    return header(DeadLetter.TOPIC).orElse("");
  }

  /** Topic, partition and offset. */
  String origin() {
    return topic() + "/" + originalPartition() + "/" + originalOffset();
  }

  String originalPartition() {
    return header(DeadLetter.PARTITION).orElse(UNKNOWN);
  }

  String originalOffset() {
    return header(DeadLetter.OFFSET).orElse(UNKNOWN);
  }

  String reason() {
    return header(DeadLetter.MESSAGE).orElse("");
  }

  /** The exception's class. */
  String kind() {
    return header(DeadLetter.EXCEPTION).orElse("");
  }

  /** Why it cannot be put back; empty when it can. */
  Optional<String> hindrance() {
    if (topic().isEmpty()) {
      return Optional.of("the dead letter does not name its topic and partition");
    }
    return record.value() == null || record.value().length == 0
        ? Optional.of("the dead letter has no value: it was too large, or there was none")
        : Optional.empty();
  }

  /** The record as it was, where it was. */
  ProducerRecord<byte[], byte[]> original() {
    int partition = Integer.parseInt(originalPartition());
    var original =
        new ProducerRecord<>(
            topic(), partition < 0 ? null : partition, record.key(), record.value());
    for (Header header : record.headers()) {
      if (!header.key().startsWith(ERROR_HEADERS) && !header.key().equals(REPLAYED)) {
        original.headers().add(header);
      }
    }
    original.headers().add(REPLAYED, id().toString().getBytes(StandardCharsets.UTF_8));
    return original;
  }

  private Optional<String> header(String name) {
    return Optional.ofNullable(record.headers().lastHeader(name))
        .flatMap(header -> Optional.ofNullable(header.value()))
        .map(value -> new String(value, StandardCharsets.UTF_8));
  }
}
