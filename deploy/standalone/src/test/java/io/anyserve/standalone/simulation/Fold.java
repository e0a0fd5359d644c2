package io.anyserve.standalone.simulation;

import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenRecord;

/** Decides what counts of one stream. */
@FunctionalInterface
interface Fold {

  Verdict apply(TokenRecord record);

  /** The product's. */
  static Fold fenced() {
    return new FencedStream()::apply;
  }

  /** Takes whatever comes: what a reader without fencing would do. */
  static Fold unfenced() {
    return _ -> Verdict.ACCEPTED;
  }
}
