package io.anyserve.router.conversations;

import io.anyserve.contracts.codec.ConversationKeys;
import io.anyserve.contracts.conversation.Conversation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Writes the store: the records of the topic as they are, and beside them the index by which
 * conversations are listed, which has each conversation once more under its {@link
 * ConversationIndexKeys}. A stream thread's.
 */
record IndexedConversationStore(KeyValueStore<Bytes, byte[]> store) {

  private static final int BATCH = 1_000;

  /** Puts a record, and with it, both or neither, the place of its conversation in the index. */
  void put(byte[] key, byte @Nullable [] value) {
    Bytes wrapped = Bytes.wrap(key);
    if (ConversationKeys.isConversation(key)) {
      store.putAll(changes(wrapped, value));
    } else {
      store.put(wrapped, value);
    }
  }

  private List<KeyValue<Bytes, byte[]>> changes(Bytes key, byte @Nullable [] value) {
    List<KeyValue<Bytes, byte[]>> changes = new ArrayList<>();
    place(key, store.get(key)).ifPresent(before -> changes.add(KeyValue.pair(before, null)));
    changes.add(KeyValue.pair(key, value));
    place(key, value).ifPresent(after -> changes.add(KeyValue.pair(after, value)));
    return changes;
  }

  /**
   * Makes the index anew. Whatever a restore has put into the store, it has passed the index by.
   */
  void rebuild() {
    visit(ConversationIndexKeys.all(), (batch, old) -> batch.add(KeyValue.pair(old.key, null)));
    visit(
        ConversationKeys.conversations(),
        (batch, found) ->
            place(found.key, found.value)
                .ifPresent(place -> batch.add(KeyValue.pair(place, found.value))));
  }

  /** What is to be written for a record. */
  private interface Visitor {

    void visit(List<KeyValue<Bytes, byte[]>> batch, KeyValue<Bytes, byte[]> record);
  }

  /** Writes while it reads: an iterator shows the store as it was when it was opened. */
  private void visit(byte[] prefix, Visitor visitor) {
    List<KeyValue<Bytes, byte[]>> batch = new ArrayList<>(BATCH);
    try (var records =
        store.range(Bytes.wrap(prefix), Bytes.wrap(ConversationTable.behind(prefix)))) {
      while (records.hasNext()) {
        visitor.visit(batch, records.next());
        if (batch.size() >= BATCH) {
          store.putAll(batch);
          batch.clear();
        }
      }
    }
    store.putAll(batch);
  }

  /** Empty where the record is none, cannot be read, or keeps a response. */
  private static Optional<Bytes> place(Bytes key, byte @Nullable [] value) {
    return value == null
        ? Optional.empty()
        : ConversationTable.conversation(key.get(), value)
            .filter(found -> !found.id().keepsResponse())
            .map(IndexedConversationStore::place);
  }

  private static Bytes place(Conversation conversation) {
    return Bytes.wrap(
        ConversationIndexKeys.of(conversation.id().tenant(), ListPosition.of(conversation)));
  }
}
