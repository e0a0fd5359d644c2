package io.anyserve.router.conversations;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Puts each record into the store as it is, like a restart that restores the store: whoever reads
 * the store judges the value. The index is made anew at each start, as a restore leaves it out. A
 * stream thread's.
 */
@SuppressWarnings("NullAway.Init") // init comes before the first record
final class ConversationUpdater implements Processor<byte[], byte[], Void, Void> {

  private final AppliedOffsets applied;
  private ProcessorContext<Void, Void> context;
  private IndexedConversationStore store;

  ConversationUpdater(AppliedOffsets applied) {
    this.applied = applied;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    this.context = context;
    KeyValueStore<Bytes, byte[]> records = context.getStateStore(ConversationTopology.STORE);
    store = new IndexedConversationStore(records);
    applied.restart(context.taskId().partition());
    store.rebuild();
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (record.key() != null) {
      store.put(record.key(), record.value());
    }
    RecordMetadata position = context.recordMetadata().orElseThrow();
    applied.advance(position.partition(), position.offset());
  }
}
