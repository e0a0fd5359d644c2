package io.anyserve.contracts.quota;

import io.anyserve.contracts.TenantId;
import java.util.List;

/**
 * A fold as it stands: a function of the partition's records before an offset.
 *
 * @param offset of the next record
 * @param time of the latest record, milliseconds since the epoch
 */
public record QuotaState(int partition, long offset, long time, List<OfTenant> tenants) {

  public QuotaState {
    tenants = List.copyOf(tenants);
    Expect.that(partition >= 0, "partition", partition, ">= 0");
    Expect.that(offset >= 0, "offset", offset, ">= 0");
  }

  static QuotaState empty(int partition) {
    return new QuotaState(partition, 0, 0, List.of());
  }

  /** One tenant of it. */
  public record OfTenant(
      TenantId tenant,
      List<QuotaPolicy> policies,
      List<TenantQuota.Counted> uses,
      List<Reservation> reservations) {

    public OfTenant {
      policies = List.copyOf(policies);
      uses = List.copyOf(uses);
      reservations = List.copyOf(reservations);
    }
  }
}
