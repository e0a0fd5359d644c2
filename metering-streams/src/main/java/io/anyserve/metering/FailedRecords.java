package io.anyserve.metering;

import io.anyserve.contracts.TopicOffset;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The records at which metering failed in this process. The first failure aborts the transaction
 * and the record is read again, as what failed may have passed; a record that fails again is
 * poison. Thread-safe.
 */
final class FailedRecords {

  private final Set<TopicOffset> failed = ConcurrentHashMap.newKeySet();

  /** Throws the failure again unless it is the record's second one. */
  void passOverSecond(TopicOffset record, Throwable failure) {
    if (failed.add(record)) {
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(failure);
      }
    }
  }
}
