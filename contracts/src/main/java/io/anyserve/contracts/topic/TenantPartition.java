package io.anyserve.contracts.topic;

import io.anyserve.contracts.TenantId;
import java.nio.charset.StandardCharsets;

/** The partition that has all of a tenant's records: the one of the tenant's name as key. */
public final class TenantPartition {

  private TenantPartition() {}

  /** The tenant's partition of a topic with so many. */
  public static int of(TenantId tenant, int partitions) {
    return KeyPartition.of(tenant.value().getBytes(StandardCharsets.UTF_8), partitions);
  }
}
