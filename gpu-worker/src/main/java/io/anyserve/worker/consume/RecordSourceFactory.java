package io.anyserve.worker.consume;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Makes the consumers of one thread, one after another. */
interface RecordSourceFactory {

  RecordSource open();

  /** Waits after a failure, at most that long. */
  void pause(Duration length);

  /**
   * Returns when a broker answers.
   *
   * @param unwanted nobody waits any more
   */
  void awaitBroker(BooleanSupplier unwanted);
}
