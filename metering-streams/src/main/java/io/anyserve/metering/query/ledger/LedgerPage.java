package io.anyserve.metering.query.ledger;

import io.anyserve.contracts.event.LedgerEntry;
import java.util.List;
import java.util.Optional;

/**
 * Some ledger entries, in the order of the log.
 *
 * @param next where the next page begins; empty on the last
 */
public record LedgerPage(List<LedgerEntry> entries, Optional<LedgerPageToken> next) {

  public LedgerPage {
    entries = List.copyOf(entries);
  }
}
