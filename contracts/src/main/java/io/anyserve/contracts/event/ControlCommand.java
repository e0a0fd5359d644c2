package io.anyserve.contracts.event;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.WorkerId;

/** Commands to workers and ingresses; each process reads every command. */
public sealed interface ControlCommand {

  /** Stop that request, wherever it runs or waits. */
  record Cancel(RequestId request, CancelReason reason) implements ControlCommand {}

  /** Take no more work, end what runs, stop. */
  record Drain(WorkerId worker) implements ControlCommand {}

  record Load(WorkerId worker, Capability capability) implements ControlCommand {}

  record Unload(WorkerId worker, Capability capability) implements ControlCommand {}

  /**
   * An ingress feeds a caller who resumed: from now on it alone decides what happens when the
   * caller leaves.
   *
   * @param ingress the instance
   */
  record TakeOverStream(RequestId request, String ingress) implements ControlCommand {}
}
