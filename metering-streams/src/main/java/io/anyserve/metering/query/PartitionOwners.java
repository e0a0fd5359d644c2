package io.anyserve.metering.query;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.validation.Preconditions;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Knows which instance of metering holds whose totals. Thread-safe. */
public interface PartitionOwners {

  /** Where an instance answers over gRPC. */
  record Address(String host, int port) {

    public Address {
      Preconditions.that(!host.isBlank(), "host", host, "a name or an address");
      Preconditions.that(port >= 1 && port <= 65_535, "port", port, "1 to 65535");
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /** Who holds a tenant's totals. */
  sealed interface Owner {

    /** This instance. */
    record Here() implements Owner {}

    record There(Address address) implements Owner {}

    /** Nobody knows now, as while tenants move from one instance to another. */
    record Unknown(String why) implements Owner {}
  }

  Owner owner(TenantId tenant);

  /** Every instance but this one. */
  Set<Address> others();

  /**
   * As the instances tell each other.
   *
   * @param here this instance, as others know it
   * @param owner empty while nobody knows
   * @param all this one included or not
   */
  static PartitionOwners of(
      Address here, Function<TenantId, Optional<Address>> owner, Supplier<Set<Address>> all) {
    return new PartitionOwners() {
      @Override
      public Owner owner(TenantId tenant) {
        Optional<Address> found = owner.apply(tenant);
        if (found.isEmpty()) {
          return new Owner.Unknown("tenants move between instances");
        }
        return found.get().equals(here) ? new Owner.Here() : new Owner.There(found.get());
      }

      @Override
      public Set<Address> others() {
        Set<Address> others = new HashSet<>(all.get());
        others.remove(here);
        return others;
      }
    };
  }

  /** One instance holds everything. */
  static PartitionOwners alone() {
    return new PartitionOwners() {
      @Override
      public Owner owner(TenantId tenant) {
        return new Owner.Here();
      }

      @Override
      public Set<Address> others() {
        return Set.of();
      }
    };
  }
}
