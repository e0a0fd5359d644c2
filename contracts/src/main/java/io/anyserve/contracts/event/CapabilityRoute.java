package io.anyserve.contracts.event;

import io.anyserve.contracts.Capability;
import java.util.List;
import java.util.Optional;

/**
 * How a capability that is not simply a live worker's is routed.
 *
 * @param aliasOf where the name is only another name
 * @param fallbacks tried in order when nobody offers the capability
 */
public record CapabilityRoute(
    Capability capability, Optional<Capability> aliasOf, List<Capability> fallbacks) {

  public CapabilityRoute {
    fallbacks = List.copyOf(fallbacks);
    if (aliasOf.filter(capability::equals).isPresent()) {
      throw new IllegalArgumentException("alias_of: " + capability + " (expected: another name)");
    }
  }
}
