package io.anyserve.router.routing;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import java.util.List;

/** Where a request goes. */
public sealed interface Route {

  /**
   * To a capability that somebody offers now.
   *
   * @param delegatedFrom capabilities that had nobody, from the one asked for on; often none
   */
  record Live(Capability capability, List<Capability> delegatedFrom) implements Route {
    public Live {
      delegatedFrom = List.copyOf(delegatedFrom);
    }
  }

  /** To a capability that somebody offered once, to wait there until somebody does again. */
  record Waiting(Capability capability, List<Capability> delegatedFrom) implements Route {
    public Waiting {
      delegatedFrom = List.copyOf(delegatedFrom);
    }
  }

  /** Nowhere. */
  record Refused(Failure failure) implements Route {}
}
