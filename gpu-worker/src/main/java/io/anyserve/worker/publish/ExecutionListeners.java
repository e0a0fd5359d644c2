package io.anyserve.worker.publish;

import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.util.List;

/** Passes the calls for one execution to several listeners. */
record ExecutionListeners(List<ExecutionListener> all) implements ExecutionListener {

  static ExecutionListener of(List<ExecutionListener> all) {
    return new ExecutionListeners(all);
  }

  @Override
  public void started(Started event) {
    all.forEach(watch -> watch.started(event));
  }

  @Override
  public void firstChunk() {
    all.forEach(ExecutionListener::firstChunk);
  }

  @Override
  public void ended(Terminal event) {
    all.forEach(watch -> watch.ended(event));
  }

  @Override
  public void over(boolean answered) {
    all.forEach(watch -> watch.over(answered));
  }
}
