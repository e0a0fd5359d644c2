package io.anyserve.router.conversations;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.topic.TenantPartition;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.streams.StreamsService;
import io.anyserve.runtime.streams.ValuePartitioner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The conversations of the tenants whose partitions this router has, and who has the others.
 * Thread-safe; an edit waits for the broker.
 */
public final class Conversations implements AutoCloseable {

  private static final Duration STORE_PATIENCE = Duration.ofSeconds(3);

  private final KafkaClients kafka;
  private final TopicNames topics;
  private final AppliedOffsets applied = new AppliedOffsets();
  private final Map<Integer, ConversationWriter> writers = new ConcurrentHashMap<>();
  private volatile @Nullable Running running;

  /** The application whose stores are read. */
  private record Running(StreamsService application, int partitions, HostInfo here) {}

  /** Which router has a tenant's conversations. */
  public sealed interface Owner {

    record Here() implements Owner {}

    record There(HostInfo router) implements Owner {}
  }

  public Conversations(KafkaClients kafka, TopicNames topics) {
    this.kafka = kafka;
    this.topics = topics;
  }

  /** For the topology of the application. */
  public AppliedOffsets applied() {
    return applied;
  }

  /**
   * Reads that application's stores from now on.
   *
   * @param partitions of the topic
   * @param here where other routers reach this one
   */
  public void attach(StreamsService application, int partitions, HostInfo here) {
    running = new Running(application, partitions, here);
  }

  /** Throws STORE_UNAVAILABLE while nobody is known to have them. */
  public Owner owner(TenantId tenant) {
    KeyQueryMetadata found =
        streams()
            .queryMetadataForKey(
                ConversationTopology.STORE,
                tenant.value().getBytes(StandardCharsets.UTF_8),
                new ValuePartitioner<>((_, all) -> TenantPartition.of(tenant, all)));
    if (found == null || found.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
      throw unavailable("partitions move between routers");
    }
    return found.activeHost().equals(running().here())
        ? new Owner.Here()
        : new Owner.There(found.activeHost());
  }

  /** As {@link ConversationWriter#edit}. */
  public EditResult edit(ConversationEdit edit) {
    return writer(partition(edit.conversation().tenant())).edit(edit);
  }

  /**
   * Reads everything that was answered before. Its calls throw an InvalidStateStoreException once
   * the store has moved.
   *
   * @throws FailureException STORE_UNAVAILABLE or BROKER_UNAVAILABLE while the store may lag
   */
  public ConversationReader reader(TenantId tenant) {
    int partition = partition(tenant);
    var reader = new ConversationReader(new ConversationTable(table(partition)));
    writer(partition).catchUp();
    return reader;
  }

  private ConversationWriter writer(int partition) {
    return writers.computeIfAbsent(partition, this::newWriter);
  }

  private ConversationWriter newWriter(int partition) {
    String id = topics.prefix() + "router-conversations-" + partition;
    Map<String, String> settings =
        Map.of(
            "transactional.id",
            id,
            "transaction.timeout.ms",
            "10000",
            "max.block.ms",
            "3000",
            "request.timeout.ms",
            "3000",
            "delivery.timeout.ms",
            "5000");
    return new ConversationWriter(
        partition,
        () -> table(partition),
        new TransactionalConversationLog(
            new TopicPartition(topics.conversations(), partition),
            () -> kafka.newProducer(id, settings)),
        applied,
        STORE_PATIENCE);
  }

  private StoreTable table(int partition) {
    ReadOnlyKeyValueStore<Bytes, byte[]> store =
        streams()
            .store(
                StoreQueryParameters.fromNameAndType(
                        ConversationTopology.STORE,
                        QueryableStoreTypes.<Bytes, byte[]>keyValueStore())
                    .withPartition(partition));
    return new StoreTable(store);
  }

  private int partition(TenantId tenant) {
    return TenantPartition.of(tenant, running().partitions());
  }

  private KafkaStreams streams() {
    return running()
        .application()
        .running()
        .orElseThrow(() -> unavailable("the router restores its store or waits for partitions"));
  }

  private Running running() {
    Running now = running;
    if (now == null) {
      throw unavailable("the router starts");
    }
    return now;
  }

  private static FailureException unavailable(String why) {
    return new FailureException(FailureCode.STORE_UNAVAILABLE, "conversations: " + why);
  }

  @Override
  public void close() {
    writers.values().forEach(ConversationWriter::close);
  }
}
