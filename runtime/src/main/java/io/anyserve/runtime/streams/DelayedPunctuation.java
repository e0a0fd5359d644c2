package io.anyserve.runtime.streams;

import java.time.Duration;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Work of a task that is done a while after it was asked for, once. A punctuator that repeats makes
 * Kafka Streams commit each time it has run, which under exactly-once is a transaction, whether
 * anything changed or not. Owned by the thread of its task.
 */
public final class DelayedPunctuation {

  private final ProcessorContext<?, ?> context;
  private final Duration delay;
  private final Punctuator work;
  private @Nullable Cancellable scheduled;

  /** Not asked for yet. */
  public DelayedPunctuation(ProcessorContext<?, ?> context, Duration delay, Punctuator work) {
    this.context = context;
    this.delay = delay;
    this.work = work;
  }

  /**
   * Has the work done after the delay, by the wall clock; does nothing while that is due already.
   */
  public void request() {
    if (scheduled == null) {
      scheduled = context.schedule(delay, PunctuationType.WALL_CLOCK_TIME, this::punctuate);
    }
  }

  private void punctuate(long now) {
    if (scheduled != null) {
      scheduled.cancel();
      scheduled = null;
    }
    work.punctuate(now);
  }
}
