package io.anyserve.metering.query.service;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.metering.Metering;
import io.anyserve.metering.query.PartitionOwners;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Owners as Kafka Streams assigns its tasks: the instance that counts a tenant holds its totals.
 * Thread-safe.
 *
 * @param here where this instance is asked
 */
public record StreamsPartitionOwners(Metering metering, HostInfo here) implements PartitionOwners {

  @Override
  public Owner owner(TenantId tenant) {
    try {
      return metering
          .owner(tenant)
          .map(this::owner)
          .orElseGet(() -> new Owner.Unknown("tenants move from one instance to another"));
    } catch (FailureException e) {
      return new Owner.Unknown(e.failure().message());
    }
  }

  private Owner owner(HostInfo host) {
    return host.equals(here)
        ? new Owner.Here()
        : new Owner.There(new Address(host.host(), host.port()));
  }

  @Override
  public Set<Address> others() {
    return metering.instances().stream()
        .filter(host -> !host.equals(here) && host.port() > 0)
        .map(host -> new Address(host.host(), host.port()))
        .collect(Collectors.toUnmodifiableSet());
  }
}
