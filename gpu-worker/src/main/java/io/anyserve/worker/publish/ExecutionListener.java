package io.anyserve.worker.publish;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Observes one execution of a request. Its calls come one at a time in this order, from changing
 * threads, and must not block; {@link #over} may come at any time, and more than once.
 *
 * <pre>
 * [started, [firstChunk], [ended]], over
 * </pre>
 */
public interface ExecutionListener {

  /** Sees nothing. */
  ExecutionListener NONE =
      new ExecutionListener() {
        @Override
        public void started(Started event) {}

        @Override
        public void firstChunk() {}

        @Override
        public void ended(Terminal event) {}

        @Override
        public void over(boolean answered) {}
      };

  /** Begins to look on. Thread-safe. */
  interface Source {

    /** Observes nothing. */
    Source NONE = (_, _, _) -> ExecutionListener.NONE;

    /** A worker took the request. */
    ExecutionListener taken(
        ConsumerRecord<byte[], byte[]> record, InferenceRequest request, int attempt);

    /** All of them look on; what one of them throws stops neither the execution nor the others. */
    static Source all(List<Source> sources) {
      return switch (sources.size()) {
        case 0 -> NONE;
        case 1 -> guarded(sources.getFirst());
        default ->
            (record, request, attempt) ->
                ExecutionListeners.of(
                    sources.stream()
                        .map(one -> guarded(one).taken(record, request, attempt))
                        .toList());
      };
    }

    private static Source guarded(Source source) {
      return (record, request, attempt) ->
          GuardedListener.begun(() -> source.taken(record, request, attempt));
    }
  }

  /** The worker answers. */
  void started(Started event);

  /** The first piece of this execution's answer is written. */
  void firstChunk();

  /** The terminal event is written. */
  void ended(Terminal event);

  /**
   * The worker is rid of the request.
   *
   * @param answered its terminal event is in the log, and this execution's
   */
  void over(boolean answered);
}
