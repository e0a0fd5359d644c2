package io.anyserve.router.routing;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.event.CapabilityRoute;
import java.util.Optional;
import java.util.Set;

/** Who offers what, and how names lead to others: all that routing depends on. */
interface CapabilityDirectory {

  /** What the table says about a name. */
  Optional<CapabilityRoute> entry(Capability capability);

  /** Somebody takes such work now. */
  boolean live(Capability capability);

  /** Somebody, living or not, announced it: its topics exist. */
  boolean announced(Capability capability);

  /** Every name that was announced or that the table has. */
  Set<Capability> known();
}
