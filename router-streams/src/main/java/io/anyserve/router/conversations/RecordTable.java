package io.anyserve.router.conversations;

import org.jspecify.annotations.Nullable;

/** The records of a partition by key: the latest of each that was not deleted. */
interface RecordTable {

  /** Gets one record after the other. */
  @FunctionalInterface
  interface Visitor {

    /** Returns whether to go on. */
    boolean visit(byte[] key, byte[] value);
  }

  /** Null where there is none. */
  byte @Nullable [] get(byte[] key);

  /** Visits the records between two keys, both included, in the order of their keys. */
  void scan(byte[] from, byte[] to, Visitor visitor);
}
