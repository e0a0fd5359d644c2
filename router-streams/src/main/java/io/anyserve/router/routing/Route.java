package io.anyserve.router.routing;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import java.util.List;

/** Where a request goes. */
public sealed interface Route {

  /**
   * To a capability that a worker offers now.
   *
   * @param delegatedFrom capabilities that had nobody, from the one asked for on; often none
   */
  record Live(Capability capability, List<Capability> delegatedFrom) implements Route {
    public Live {
      delegatedFrom = List.copyOf(delegatedFrom);
    }
  }

  /** To a capability that a worker offered before, to wait until one does again. */
  record Waiting(Capability capability, List<Capability> delegatedFrom) implements Route {
    public Waiting {
      delegatedFrom = List.copyOf(delegatedFrom);
    }
  }

  /** No capability takes it. */
  record Refused(Failure failure) implements Route {}
}
