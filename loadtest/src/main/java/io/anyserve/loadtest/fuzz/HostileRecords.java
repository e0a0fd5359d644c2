package io.anyserve.loadtest.fuzz;

import com.google.protobuf.Descriptors.Descriptor;
import io.anyserve.contracts.topic.KeyPartition;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.v1.ControlCommand;
import io.anyserve.v1.InferenceRequest;
import io.anyserve.v1.PriceBook;
import io.anyserve.v1.QuotaEvent;
import io.anyserve.v1.TokenEvent;
import io.anyserve.v1.WorkerHeartbeat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Records as no service writes them, for the topics that others may write. Not thread-safe. */
final class HostileRecords {

  private final Random random;
  private final HostileMessages messages;
  private final List<Target> targets;
  private final Map<String, List<byte[]>> samples;
  private final List<byte[]> endedIds;

  private record Target(String topic, Descriptor type) {}

  /**
   * @param samples real values of each topic
   * @param endedIds of requests that have ended
   */
  HostileRecords(
      TopicNames topics, long seed, Map<String, List<byte[]>> samples, List<byte[]> endedIds) {
    this.random = new Random(seed);
    this.messages = new HostileMessages(random);
    this.samples = samples;
    this.endedIds = endedIds;
    this.targets =
        List.of(
            new Target(topics.intake(), InferenceRequest.getDescriptor()),
            new Target(topics.tokens(), TokenEvent.getDescriptor()),
            new Target(topics.control(), ControlCommand.getDescriptor()),
            new Target(topics.workers(), WorkerHeartbeat.getDescriptor()),
            new Target(topics.prices(), PriceBook.getDescriptor()),
            new Target(topics.quotas(), QuotaEvent.getDescriptor()));
  }

  /**
   * @param partitions of each topic
   */
  ProducerRecord<byte[], byte[]> next(Map<String, Integer> partitions) {
    Target target = targets.get(random.nextInt(targets.size()));
    String topic = target.topic();
    boolean json = target.type() == InferenceRequest.getDescriptor() && random.nextInt(4) == 0;
    byte[] value = json ? messages.json() : value(target);
    byte[] key = key();
    int partition = partition(target, key, partitions.getOrDefault(topic, 1));
    // A compacted topic takes no record without key.
    boolean keyed = target.type() != PriceBook.getDescriptor() && !isWorkers(target);
    @SuppressWarnings("NullAway") // a record may lack a key or a value
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, partition, key == null && !keyed ? name() : key, value);
    for (int i = random.nextInt(6); i > 3; i--) {
      record.headers().add(header());
    }
    return record;
  }

  /** Events of an id in two partitions are what no reader can see through: they stay in its own. */
  private int partition(Target target, byte @Nullable [] key, int partitions) {
    return key != null && target.type() == TokenEvent.getDescriptor()
        ? KeyPartition.of(key, partitions)
        : random.nextInt(partitions);
  }

  private static boolean isWorkers(Target target) {
    return target.type() == WorkerHeartbeat.getDescriptor();
  }

  private byte @Nullable [] value(Target target) {
    return random.nextInt(50) == 0
        ? null
        : messages.next(target.type(), samples.getOrDefault(target.topic(), List.of()));
  }

  private byte @Nullable [] key() {
    return switch (random.nextInt(8)) {
      case 0 -> null;
      case 1 -> new byte[0];
      case 2 -> endedIds.isEmpty() ? messages.id() : endedIds.get(random.nextInt(endedIds.size()));
      case 3 -> name();
      case 4 ->
          new java.util.UUID(random.nextLong(), random.nextLong())
              .toString()
              .getBytes(StandardCharsets.UTF_8);
      case 5 -> messages.anyBytes(2_000);
      default -> messages.id();
    };
  }

  private byte[] name() {
    return messages.worker().getBytes(StandardCharsets.UTF_8);
  }

  private RecordHeader header() {
    String[] names = {"content-type", "traceparent", "tracestate", "", "__streams.errors.offset"};
    String[] texts = {"application/json", "application/x-protobuf", "00-0-0-00", ""};
    byte[] value =
        switch (random.nextInt(3)) {
          case 0 -> texts[random.nextInt(texts.length)].getBytes(StandardCharsets.UTF_8);
          case 1 -> messages.anyBytes(300);
          default -> new byte[0];
        };
    return new RecordHeader(names[random.nextInt(names.length)], value);
  }
}
