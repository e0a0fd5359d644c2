package io.anyserve.worker.batch;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.RequestId;

/** What a batcher is told to do beside its work. */
public sealed interface Command {

  /** Stop that request, whether it runs, waits or is still to come. */
  record Cancel(RequestId request, CancelReason reason) implements Command {}

  /** Bring the model into memory. */
  record Load() implements Command {}

  /** Look whether the model's place is wanted, or the end has come. */
  record Look() implements Command {}

  /** The process stood still: what runs may go on elsewhere. */
  record Recheck() implements Command {}

  /** Take the model out of memory once nothing runs. */
  record Unload() implements Command {}
}
