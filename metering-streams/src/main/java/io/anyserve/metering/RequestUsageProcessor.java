package io.anyserve.metering;

import io.anyserve.runtime.streams.DelayedPunctuation;
import java.time.Duration;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Derives ledger entries from one partition of {@code tokens}. Owned by the thread of its task. */
final class RequestUsageProcessor
    extends ContextualProcessor<byte[], byte[], byte[], TopologyOutput> {

  static final String POSITIONS = "positions";
  static final Duration CHECKPOINT = Duration.ofSeconds(1);

  private final MeteringDependencies dependencies;
  private @Nullable RequestUsageTask task;
  private @Nullable DelayedPunctuation checkpoint;

  RequestUsageProcessor(MeteringDependencies dependencies) {
    this.dependencies = dependencies;
  }

  /** Kafka Streams calls this again after a restart of the task: everything begins anew. */
  @Override
  public void init(ProcessorContext<byte[], TopologyOutput> context) {
    super.init(context);
    RequestUsageTask opened =
        new RequestUsageTask(dependencies, context, context.getStateStore(POSITIONS));
    task = opened;
    checkpoint = new DelayedPunctuation(context, CHECKPOINT, _ -> opened.checkpoint());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (task == null || checkpoint == null) {
      throw new IllegalStateException("task: none (expected: init before)");
    }
    task.process(record, context().recordMetadata().orElseThrow());
    checkpoint.request();
  }

  @Override
  public void close() {
    dependencies.metrics().ledger().released(context().taskId().partition());
  }
}
