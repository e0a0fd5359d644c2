package io.anyserve.quota;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.validation.Preconditions;
import java.util.List;

/**
 * A fold as it stands: a function of the partition's records before an offset.
 *
 * @param offset of the next record
 * @param time of the latest record, milliseconds since the epoch
 */
public record QuotaSnapshot(int partition, long offset, long time, List<OfTenant> tenants) {

  public QuotaSnapshot {
    tenants = List.copyOf(tenants);
    Preconditions.that(partition >= 0, "partition", partition, ">= 0");
    Preconditions.that(offset >= 0, "offset", offset, ">= 0");
  }

  static QuotaSnapshot empty(int partition) {
    return new QuotaSnapshot(partition, 0, 0, List.of());
  }

  /** One tenant of it. */
  public record OfTenant(
      TenantId tenant,
      List<QuotaPolicy> policies,
      List<TenantQuotaState.Counted> uses,
      List<Reservation> reservations) {

    public OfTenant {
      policies = List.copyOf(policies);
      uses = List.copyOf(uses);
      reservations = List.copyOf(reservations);
    }
  }
}
