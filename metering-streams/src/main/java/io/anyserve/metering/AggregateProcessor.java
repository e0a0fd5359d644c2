package io.anyserve.metering;

import io.anyserve.runtime.streams.DelayedPunctuation;
import java.time.Duration;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Runs the aggregates of one partition of {@code usage}. Owned by the thread of its task. */
final class AggregateProcessor extends ContextualProcessor<byte[], byte[], byte[], TopologyOutput> {

  static final Duration FLUSH = Duration.ofMillis(500);

  private final MeteringDependencies dependencies;
  private final int partitions;
  private @Nullable AggregateTask task;
  private @Nullable DelayedPunctuation flushing;

  AggregateProcessor(MeteringDependencies dependencies, int partitions) {
    this.dependencies = dependencies;
    this.partitions = partitions;
  }

  /** A restarted task is given here again: everything begins anew. */
  @Override
  public void init(ProcessorContext<byte[], TopologyOutput> context) {
    super.init(context);
    AggregateTask opened = new AggregateTask(dependencies, partitions, context);
    opened.readBack();
    DelayedPunctuation flush = new DelayedPunctuation(context, FLUSH, _ -> flush(opened));
    flush.request();
    task = opened;
    flushing = flush;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (task == null || flushing == null) {
      throw new IllegalStateException("task: none (expected: init before)");
    }
    task.process(record, context().recordMetadata().orElseThrow());
    flushing.request();
  }

  private void flush(AggregateTask opened) {
    if (!opened.flush() && flushing != null) {
      flushing.request();
    }
  }
}
