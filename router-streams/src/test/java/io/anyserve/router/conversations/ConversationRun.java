package io.anyserve.router.conversations;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.ConversationKeys;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.router.StateDirectory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Conversations without a broker: the log is the input of the topology, whose store is read. */
final class ConversationRun implements AutoCloseable {

  static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);
  static final ConversationId CHAT = id("acme", "c1");

  final FakeLog log = new FakeLog();
  final AppliedOffsets applied = new AppliedOffsets();
  final ConversationWriter writer =
      new ConversationWriter(0, this::table, log, applied, Duration.ofMillis(1));
  private final StateDirectory directory = new StateDirectory();
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> topic;

  ConversationRun() {
    var properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.path().toString());
    driver =
        new TopologyTestDriver(ConversationTopology.build("conversations", applied), properties);
    topic =
        driver.createInputTopic(
            "conversations", new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A log that can fail, and that a store can fall behind. */
  final class FakeLog implements ConversationLog {

    int opened;
    int batches;
    boolean fails;
    boolean lags;
    private boolean open;
    private long next;

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public long open() {
      opened++;
      open = true;
      return write(Map.of(Bytes.wrap(ConversationKeys.writer()), Optional.empty()));
    }

    @Override
    public long write(Map<Bytes, Optional<byte[]>> records) {
      if (fails) {
        open = false;
        throw new FailureException(FailureCode.BROKER_UNAVAILABLE, "not written");
      }
      batches++;
      long first = next;
      if (!lags) {
        records.forEach((key, value) -> put(key.get(), value.orElse(null)));
        next += records.size();
      }
      return first + records.size() - 1;
    }

    @Override
    public void close() {
      open = false;
    }
  }

  void put(byte @Nullable [] key, byte @Nullable [] value) {
    topic.pipeInput(key, value);
  }

  Conversation append(String message, String parent, String role, String text) {
    return append(CHAT, message(message, parent, role, text, NOW));
  }

  Conversation append(ConversationId to, ConversationMessage message) {
    return edit(new ConversationEdit.Append(to, message));
  }

  Conversation edit(ConversationEdit edit) {
    return writer.edit(edit).conversation().orElseThrow();
  }

  /** Requests of the answers that were running. */
  List<RequestId> delete(ConversationId id) {
    EditResult deleted = writer.edit(new ConversationEdit.Delete(id));
    if (deleted.conversation().isPresent()) {
      throw new AssertionError(id + " is still there");
    }
    return deleted.abandoned();
  }

  ConversationReader reader() {
    return new ConversationReader(new ConversationTable(table()));
  }

  /** Ids of the current path. */
  List<String> path() {
    return ids(reader().path(CHAT, Optional.empty(), 100).messages());
  }

  /** Ids of all messages. */
  List<String> tree() {
    return ids(reader().tree(CHAT, Optional.empty(), 100).messages());
  }

  List<String> sessions(String tenant, String search) {
    return reader()
        .list(new TenantId(tenant), new TextSearch(search), Optional.empty(), 100)
        .conversations()
        .stream()
        .map(found -> found.id().session().value())
        .toList();
  }

  static List<String> ids(List<ConversationMessage> messages) {
    return messages.stream().map(message -> message.id().value()).toList();
  }

  KeyValueStore<Bytes, byte[]> store() {
    return driver.getKeyValueStore(ConversationTopology.STORE);
  }

  StoreTable table() {
    return new StoreTable(store());
  }

  /** Every key of the store that the topic has too. */
  List<String> keys() {
    return allKeys().stream().filter(key -> !key.startsWith("list/")).toList();
  }

  /** Sessions in the index of the store, as they lie there. */
  List<String> listed() {
    return allKeys().stream()
        .filter(key -> key.startsWith("list/"))
        .map(key -> key.substring(key.lastIndexOf('/') + 1))
        .toList();
  }

  private List<String> allKeys() {
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> all = store().all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        keys.add(new String(entry.key.get(), UTF_8));
      }
    }
    return keys;
  }

  static ConversationId id(String tenant, String session) {
    return new ConversationId(new TenantId(tenant), new SessionId(session));
  }

  /**
   * @param parent empty for none
   */
  static ConversationMessage message(
      String id, String parent, String role, String text, Instant at) {
    return new ConversationMessage(
        new MessageId(id),
        parent.isEmpty() ? Optional.empty() : Optional.of(new MessageId(parent)),
        role,
        new Payload.Text(text),
        Optional.empty(),
        at);
  }

  @Override
  public void close() {
    driver.close();
    directory.close();
  }
}
