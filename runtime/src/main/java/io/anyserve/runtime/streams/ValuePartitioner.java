package io.anyserve.runtime.streams;

import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntBiFunction;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * Sends a record to the partition that its value says, whatever its key is.
 *
 * @param partition of a value, in a topic with so many partitions
 */
public record ValuePartitioner<K, V>(ToIntBiFunction<V, Integer> partition)
    implements StreamPartitioner<K, V> {

  @Override
  @SuppressWarnings("removal") // the one method that every partitioner still has to have
  public Optional<Set<Integer>> partitions(String topic, K key, V value, int partitions) {
    return Optional.of(Set.of(partition.applyAsInt(value, partitions)));
  }
}
