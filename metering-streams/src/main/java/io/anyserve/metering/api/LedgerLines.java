package io.anyserve.metering.api;

import io.anyserve.contracts.event.LedgerEntry;
import java.util.function.Consumer;

/** Reads ledger lines. Throws a FailureException where the log cannot be read. Thread-safe. */
interface LedgerLines {

  /** One page, for a bounded amount of work: it may be empty and yet not the last. */
  LinePage page(LineQuery query);

  /**
   * Every line that fits, whatever the query's limit, one after the other. What the consumer throws
   * ends it.
   */
  void all(LineQuery query, Consumer<LedgerEntry> consumer);
}
