package io.anyserve.runtime.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer that a record cannot kill. Kafka's limits are on compressed sizes, and a record of 15
 * KB may be 450 MiB when it is decompressed, which {@link #poll} does as a whole. When that takes
 * more memory than there is, or the records of one poll are together more than {@link #MOST_BYTES},
 * this one fetches the same batches again, compressed, decompresses them as a stream, and returns
 * what can be held a little at a time; a record that cannot be held comes without value, as {@link
 * SkippedContent}. Nothing is remembered across restarts: the next process finds out for itself.
 *
 * <p>Until then it is Kafka's own consumer. Owned by one thread, as every consumer.
 */
public class BoundedConsumer extends KafkaConsumer<byte[], byte[]> {

  /** Of the records that one poll returns; more only when a single one has more. */
  static final int MOST_BYTES = 32 << 20;

  private static final Logger log = LoggerFactory.getLogger(BoundedConsumer.class);

  /** In place of an offset: wherever the partition begins by then. */
  private static final long BEGINNING = -2;

  private static final int MOST_STREAMED_BYTES = 8 << 20;

  /** For what a member of a group that stays in it may still have to say. */
  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  private final ConsumerConfig config;
  private final int largest;
  private final boolean grouped;

  /** The offset behind what was returned last: a poll that fails may have moved Kafka's own. */
  private final Map<TopicPartition, Long> positions = new HashMap<>();

  /** The partitions that are read as a stream, until what was fetched is read. */
  private final Map<TopicPartition, FetchedBatches> streamed = new HashMap<>();

  /**
   * @param largest bytes of a key or value that is returned
   */
  public BoundedConsumer(Map<String, Object> settings, int largest) {
    var bytes = new BoundedDeserializer(largest);
    super(settings, bytes, bytes);
    this.config =
        new ConsumerConfig(ConsumerConfig.appendDeserializerToConfig(settings, bytes, bytes));
    this.largest = largest;
    this.grouped = settings.get(ConsumerConfig.GROUP_ID_CONFIG) != null;
  }

  @Override
  public void close() {
    close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.DEFAULT));
  }

  /**
   * Waits for no farewell that nobody needs: the broker answers a connection nothing else while a
   * fetch on it waits for records.
   */
  @Override
  public void close(CloseOptions options) {
    boolean leaves =
        grouped
            && options.groupMembershipOperation()
                != CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP;
    super.close(leaves ? options : options.withTimeout(grouped ? LAST_WORDS : Duration.ZERO));
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    ConsumerRecords<byte[], byte[]> polled =
        pollOthers(streamed.isEmpty() ? timeout : Duration.ZERO);
    positions.keySet().retainAll(assignment());
    polled.nextOffsets().forEach((partition, next) -> positions.put(partition, next.offset()));
    return polled.isEmpty() && !streamed.isEmpty() ? pollStreamed() : polled;
  }

  /** The partitions that are not read as a stream, and whatever else a poll does. */
  private ConsumerRecords<byte[], byte[]> pollOthers(Duration timeout) {
    Set<TopicPartition> held = new HashSet<>(streamed.keySet());
    held.retainAll(assignment());
    held.removeAll(paused());
    pause(held);
    try {
      ConsumerRecords<byte[], byte[]> polled = super.poll(timeout);
      if (bytes(polled) <= MOST_BYTES) {
        return polled;
      }
      log.info(
          "A poll of {} records has {} bytes; the records are read in parts",
          polled.count(),
          bytes(polled));
    } catch (OutOfMemoryError e) {
      log.warn(
          "Not enough memory for a poll; its records are read as a stream: {}", e.getMessage());
    } finally {
      held.retainAll(assignment());
      resume(held);
    }
    streamAgain();
    return ConsumerRecords.empty();
  }

  private static long bytes(ConsumerRecords<byte[], byte[]> records) {
    long bytes = 0;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      bytes += size(record);
    }
    return bytes;
  }

  private static long size(ConsumerRecord<byte[], byte[]> record) {
    long bytes = length(record.key()) + length(record.value());
    for (Header header : record.headers()) {
      bytes += length(header.value());
    }
    return bytes;
  }

  private static long length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /** Goes back to what was not returned, and fetches it compressed. */
  private void streamAgain() {
    Set<TopicPartition> again = new HashSet<>(assignment());
    again.removeAll(paused());
    again.removeAll(streamed.keySet());
    try (RawFetch raw = new RawFetch(config)) {
      for (TopicPartition partition : again) {
        long position = returned(partition);
        super.seek(partition, position);
        fetch(raw, partition, position);
      }
    } catch (IOException | KafkaException e) {
      log.warn("Records that did not fit into memory are fetched again later: {}", e.getMessage());
    }
  }

  private void fetch(RawFetch raw, TopicPartition partition, long position) throws IOException {
    Optional<Node> leader =
        partitionsFor(partition.topic()).stream()
            .filter(info -> info.partition() == partition.partition())
            .findFirst()
            .flatMap(info -> Optional.ofNullable(info.leader()));
    if (leader.isPresent()) {
      streamed.put(
          partition,
          new FetchedBatches(
              partition, position, raw.fetch(leader.get(), partition, position), largest));
    }
  }

  private long returned(TopicPartition partition) {
    Long known = positions.get(partition);
    if (known != null && known == BEGINNING) {
      return beginning(partition);
    }
    return known != null ? known : committed(partition).orElseGet(() -> beginning(partition));
  }

  private Optional<Long> committed(TopicPartition partition) {
    return grouped
        ? Optional.ofNullable(committed(Set.of(partition)).get(partition))
            .map(OffsetAndMetadata::offset)
        : Optional.empty();
  }

  private long beginning(TopicPartition partition) {
    return beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  private ConsumerRecords<byte[], byte[]> pollStreamed() {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    streamed.keySet().retainAll(assignment());
    var partitions = new HashSet<>(streamed.keySet());
    partitions.removeAll(paused());
    long room = MOST_STREAMED_BYTES;
    for (TopicPartition partition : partitions) {
      if (room > 0) {
        List<ConsumerRecord<byte[], byte[]>> read = read(partition, room);
        room -= read.stream().mapToLong(BoundedConsumer::size).sum();
        long position = returned(partition);
        next.put(partition, new OffsetAndMetadata(position, lastEpoch(read), ""));
        super.seek(partition, position);
        if (!read.isEmpty()) {
          records.put(partition, read);
        }
      }
    }
    return new ConsumerRecords<>(records, next);
  }

  private static Optional<Integer> lastEpoch(List<ConsumerRecord<byte[], byte[]>> read) {
    return read.isEmpty() ? Optional.empty() : read.getLast().leaderEpoch();
  }

  /** Some of the records; a partition whose fetched batches are read is polled again. */
  private List<ConsumerRecord<byte[], byte[]>> read(TopicPartition partition, long room) {
    FetchedBatches batches = streamed.get(partition);
    List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
    int most = config.getInt(ConsumerConfig.MAX_POLL_RECORDS_CONFIG);
    long left = room;
    while (batches != null && left > 0 && read.size() < most) {
      Optional<ConsumerRecord<byte[], byte[]>> record = batches.next();
      positions.put(partition, batches.position());
      if (record.isEmpty()) {
        streamed.remove(partition);
        break;
      }
      left -= size(record.get());
      read.add(record.get());
    }
    return read;
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
    super.subscribe(topics, new Forgetting(listener));
  }

  @Override
  public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
    super.subscribe(pattern, new Forgetting(listener));
  }

  @Override
  public void seek(TopicPartition partition, long offset) {
    super.seek(partition, offset);
    moved(partition, offset);
  }

  @Override
  public void seek(TopicPartition partition, OffsetAndMetadata offset) {
    super.seek(partition, offset);
    moved(partition, offset.offset());
  }

  @Override
  public void seekToBeginning(Collection<TopicPartition> partitions) {
    super.seekToBeginning(partitions);
    meant(partitions).forEach(partition -> moved(partition, BEGINNING));
  }

  @Override
  public void seekToEnd(Collection<TopicPartition> partitions) {
    super.seekToEnd(partitions);
    endOffsets(meant(partitions)).forEach(this::moved);
  }

  private Collection<TopicPartition> meant(Collection<TopicPartition> partitions) {
    return partitions.isEmpty() ? assignment() : partitions;
  }

  private void moved(TopicPartition partition, long position) {
    streamed.remove(partition);
    positions.put(partition, position);
  }

  /** Forgets what was read of partitions that others may read on. */
  private final class Forgetting implements ConsumerRebalanceListener {

    private final ConsumerRebalanceListener listener;

    Forgetting(ConsumerRebalanceListener listener) {
      this.listener = listener;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      listener.onPartitionsRevoked(partitions);
      forget(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      listener.onPartitionsLost(partitions);
      forget(partitions);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      listener.onPartitionsAssigned(partitions);
    }

    private void forget(Collection<TopicPartition> partitions) {
      positions.keySet().removeAll(partitions);
      streamed.keySet().removeAll(partitions);
    }
  }
}
