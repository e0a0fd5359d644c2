package io.anyserve.worker.publish;

import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a watch throws away from the execution that it looks on at. */
record GuardedListener(ExecutionListener watch) implements ExecutionListener {

  private static final Logger log = LoggerFactory.getLogger(GuardedListener.class);

  /** Begins to look on; a source that fails sees nothing of that execution. */
  static ExecutionListener begun(Supplier<ExecutionListener> source) {
    try {
      return new GuardedListener(source.get());
    } catch (RuntimeException | Error e) {
      log.warn("Metrics or traces of an execution failed to start; it has none", e);
      return NONE;
    }
  }

  @Override
  public void started(Started event) {
    guarded(() -> watch.started(event));
  }

  @Override
  public void firstChunk() {
    guarded(watch::firstChunk);
  }

  @Override
  public void ended(Terminal event) {
    guarded(() -> watch.ended(event));
  }

  @Override
  public void over(boolean answered) {
    guarded(() -> watch.over(answered));
  }

  private static void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      log.warn("Metrics or traces of an execution failed; they are incomplete", e);
    }
  }
}
