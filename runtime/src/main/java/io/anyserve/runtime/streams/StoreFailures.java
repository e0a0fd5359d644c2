package io.anyserve.runtime.streams;

import io.anyserve.contracts.codec.MalformedRecordException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** Tells failures of stores from others: restarting alone does not help against these. */
final class StoreFailures {

  /** Ends the search where causes form a circle. */
  private static final int CAUSES = 20;

  private StoreFailures() {}

  static boolean include(Throwable failure) {
    @Nullable Throwable cause = failure;
    for (int i = 0; i < CAUSES && cause != null; i++, cause = cause.getCause()) {
      if (cause instanceof ProcessorStateException
          || cause instanceof RocksDBException
          || cause instanceof MalformedRecordException) {
        return true;
      }
    }
    return false;
  }
}
