package io.anyserve.metering;

import io.anyserve.runtime.streams.DelayedPunctuation;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.jspecify.annotations.Nullable;

/** Passes on what is written and has it committed soon. Owned by the thread of its task. */
final class CommitProcessor
    extends ContextualFixedKeyProcessor<byte[], TopologyOutput, TopologyOutput> {

  private @Nullable DelayedPunctuation commit;

  @Override
  public void init(FixedKeyProcessorContext<byte[], TopologyOutput> context) {
    super.init(context);
    commit = DelayedPunctuation.commit(context);
  }

  @Override
  public void process(FixedKeyRecord<byte[], TopologyOutput> record) {
    if (commit == null) {
      throw new IllegalStateException("commit: none (expected: init before)");
    }
    context().forward(record);
    commit.request();
  }
}
