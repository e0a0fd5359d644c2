package io.anyserve.metering.query.ledger;

import io.anyserve.contracts.TenantId;
import java.util.List;
import java.util.stream.IntStream;

/** In which partitions of the ledger a tenant's entries lie. */
public interface LedgerPartitions {

  /**
   * In ascending order.
   *
   * @param count of the topic's partitions
   */
  List<Integer> of(TenantId tenant, int count);

  /** Anywhere: every partition is read. */
  static List<Integer> any(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}
