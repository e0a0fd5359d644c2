package io.anyserve.metering;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.topic.TenantPartition;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** Keeps all records of a tenant in one partition, whatever their keys are. */
record TenantPartitioner<V>(Function<V, TenantId> tenant) implements StreamPartitioner<byte[], V> {

  @Override
  public Optional<Set<Integer>> partitions(String topic, byte[] key, V value, int partitions) {
    return Optional.of(Set.of(TenantPartition.of(tenant.apply(value), partitions)));
  }
}
