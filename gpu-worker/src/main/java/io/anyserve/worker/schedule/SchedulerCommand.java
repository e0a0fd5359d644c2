package io.anyserve.worker.schedule;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.RequestId;

/** Commands to a scheduler beside its requests. */
public sealed interface SchedulerCommand {

  /** Stop that request, whether it runs, waits or is still to come. */
  record Cancel(RequestId request, CancelReason reason) implements SchedulerCommand {}

  /** Release so many of the sequences that wait or run: other workers go on with them. */
  record HandOver(int most) implements SchedulerCommand {}

  /** Bring the model into memory. */
  record Load() implements SchedulerCommand {}

  /** Look whether the model's place is wanted, or the end has come. */
  record Look() implements SchedulerCommand {}

  /** The process stood still: what runs may go on elsewhere. */
  record VerifyOwnership() implements SchedulerCommand {}

  /**
   * The router has published the request again after that attempt: an execution of it, or of one
   * before, stops at once.
   */
  record Superseded(RequestId request, int attempt) implements SchedulerCommand {}

  /** Take the model out of memory once nothing runs. */
  record Unload() implements SchedulerCommand {}
}
