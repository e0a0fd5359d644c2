package io.anyserve.metering.export;

/** One way of handing ledger entries on. Owned by the thread that steps. */
interface Exporter extends AutoCloseable {

  /**
   * Hands on what there is, or waits a little for more. Throws a KafkaException where it cannot go
   * on; another one then begins behind the last entry that is known to be handed on.
   */
  void step() throws InterruptedException;

  @Override
  void close();
}
