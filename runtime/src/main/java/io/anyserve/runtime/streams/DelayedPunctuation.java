package io.anyserve.runtime.streams;

import java.time.Duration;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.jspecify.annotations.Nullable;

/**
 * Work of a task that is done a while after it was asked for, once. A punctuator that repeats makes
 * Kafka Streams commit each time it has run, which under exactly-once is a transaction, whether
 * anything changed or not. Owned by the thread of its task.
 */
public final class DelayedPunctuation {

  private final ProcessingContext context;
  private final Duration delay;
  private final Punctuator work;
  private @Nullable Cancellable scheduled;

  /** After a task has written something, others who read committed wait that long at most. */
  private static final Duration COMMIT = Duration.ofMillis(100);

  /**
   * A commit of what was processed. With that, the commit interval need not be as short as readers
   * want it: it only says how much is read again after a crash.
   */
  public static DelayedPunctuation commit(ProcessingContext context) {
    return new DelayedPunctuation(context, COMMIT, _ -> context.commit());
  }

  /** Not asked for yet. */
  public DelayedPunctuation(ProcessingContext context, Duration delay, Punctuator work) {
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
