package io.anyserve.worker.intake;

import java.util.function.BooleanSupplier;

/** Makes the consumers of one thread, one after another. */
interface WorkSources {

  WorkSource open();

  /**
   * Returns when a broker answers.
   *
   * @param unwanted nobody waits any more
   */
  void awaitBroker(BooleanSupplier unwanted);
}
