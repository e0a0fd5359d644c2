package io.anyserve.metering.query.ledger;

import io.anyserve.contracts.event.LedgerEntry;
import java.util.function.Consumer;

/** Reads ledger entries. Throws a FailureException where the log cannot be read. Thread-safe. */
public interface LedgerReader {

  /** One page, for a bounded amount of work: it may be empty and yet not the last. */
  LedgerPage page(LedgerQuery query);

  /**
   * Every entry that fits, whatever the query's limit, one after the other. What the consumer
   * throws ends it.
   */
  void all(LedgerQuery query, Consumer<LedgerEntry> consumer);
}
