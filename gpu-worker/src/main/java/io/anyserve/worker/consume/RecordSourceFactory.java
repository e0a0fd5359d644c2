package io.anyserve.worker.consume;

import java.time.Duration;

/** Makes the consumers of one thread, one after another. */
interface RecordSourceFactory {

  RecordSource open();

  /** Waits that long, or until the worker drains. */
  void pause(Duration length) throws InterruptedException;

  /** Whether a broker answers now; waits a moment for it. */
  boolean brokerAnswers();
}
