package io.anyserve.router.routing;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.event.CapabilityRoute;
import java.util.Optional;
import java.util.Set;

/** The capabilities that workers offer and the routing table: all that routing depends on. */
interface CapabilityDirectory {

  /** The table's row of a name. */
  Optional<CapabilityRoute> entry(Capability capability);

  /** Whether a live worker offers it. */
  boolean live(Capability capability);

  /** Whether a worker, live or not, announced it: then its topics exist. */
  boolean announced(Capability capability);

  /** Every name that was announced or that the table has. */
  Set<Capability> known();
}
