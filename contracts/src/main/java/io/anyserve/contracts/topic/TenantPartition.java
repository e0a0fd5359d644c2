package io.anyserve.contracts.topic;

import io.anyserve.contracts.TenantId;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * Where a topic has all of a tenant's records: the partition that Kafka's own partitioner gives to
 * the tenant's name as key.
 */
public final class TenantPartition {

  private TenantPartition() {}

  /** The tenant's partition of a topic with so many. */
  public static int of(TenantId tenant, int partitions) {
    byte[] key = tenant.value().getBytes(StandardCharsets.UTF_8);
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }
}
