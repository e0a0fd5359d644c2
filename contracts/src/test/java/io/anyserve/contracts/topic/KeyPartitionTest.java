package io.anyserve.contracts.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import java.util.Random;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KeyPartitionTest {

  /** Other values would look for the records of a running cluster in the wrong partitions. */
  @ParameterizedTest
  @CsvSource({"acme, 1, 0", "acme, 12, 0", "default, 12, 7", "'', 12, 9", "größe, 64, 52"})
  void textKeepsItsPartition(String key, int partitions, int expected) {
    assertEquals(expected, KeyPartition.of(key.getBytes(UTF_8), partitions));
  }

  @Test
  void aRequestIdKeepsItsPartition() {
    var id = RequestId.parse("0198a0f0-0000-7000-8000-000000000002");
    assertEquals(9, KeyPartition.of(id.bytes(), 12));
  }

  @Test
  void aTenantHasThePartitionOfItsName() {
    assertEquals(
        KeyPartition.of("acme".getBytes(UTF_8), 12), TenantPartition.of(new TenantId("acme"), 12));
  }

  @Test
  void itIsThePartitionOfKafkasProducer() {
    Random random = new Random(7);
    for (int length = 0; length < 200; length++) {
      byte[] key = new byte[length];
      random.nextBytes(key);
      int partitions = 1 + random.nextInt(100);
      assertEquals(
          BuiltInPartitioner.partitionForKey(key, partitions), KeyPartition.of(key, partitions));
    }
  }
}
