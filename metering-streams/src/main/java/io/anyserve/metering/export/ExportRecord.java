package io.anyserve.metering.export;

import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.UsageCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** A record of {@code usage}, and what is in it. */
sealed interface ExportRecord {

  ConsumerRecord<byte[], byte[]> record();

  /** A ledger entry. */
  record Entry(ConsumerRecord<byte[], byte[]> record, UsageEvent event) implements ExportRecord {}

  /** Something else. */
  record Malformed(ConsumerRecord<byte[], byte[]> record, MalformedRecordException reason)
      implements ExportRecord {}

  static ExportRecord of(String source, ConsumerRecord<byte[], byte[]> record) {
    try {
      return new Entry(record, new UsageEvent(source, UsageCodec.decodeEntry(record.value())));
    } catch (MalformedRecordException e) {
      return new Malformed(record, e);
    }
  }

  static List<UsageEvent> events(List<ExportRecord> items) {
    List<UsageEvent> events = new ArrayList<>();
    for (ExportRecord item : items) {
      switch (item) {
        case Entry entry -> events.add(entry.event());
        case Malformed _ -> {}
      }
    }
    return events;
  }

  default TopicPartition partition() {
    return new TopicPartition(record().topic(), record().partition());
  }

  /** Behind the last of each partition. */
  static Map<TopicPartition, OffsetAndMetadata> behind(List<ExportRecord> items) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    items.forEach(
        item -> offsets.put(item.partition(), new OffsetAndMetadata(item.record().offset() + 1)));
    return offsets;
  }

  /** The first of each partition. */
  static Map<TopicPartition, Long> first(List<ExportRecord> items) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    items.forEach(item -> offsets.putIfAbsent(item.partition(), item.record().offset()));
    return offsets;
  }
}
