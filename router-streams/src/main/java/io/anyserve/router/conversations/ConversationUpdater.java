package io.anyserve.router.conversations;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Puts each record into the store as it is, like a restart that restores the store: whoever reads
 * the store judges the value. A stream thread's.
 */
@SuppressWarnings("NullAway.Init") // init comes before the first record
final class ConversationUpdater implements Processor<byte[], byte[], Void, Void> {

  private final AppliedOffsets applied;
  private ProcessorContext<Void, Void> context;
  private KeyValueStore<Bytes, byte[]> store;

  ConversationUpdater(AppliedOffsets applied) {
    this.applied = applied;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    this.context = context;
    store = context.getStateStore(ConversationTopology.STORE);
    applied.restart(context.taskId().partition());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (record.key() != null) {
      store.put(Bytes.wrap(record.key()), record.value());
    }
    RecordMetadata position = context.recordMetadata().orElseThrow();
    applied.advance(position.partition(), position.offset());
  }
}
