package io.anyserve.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.quota.QuotaEvent.PolicyChanged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class QuotaConsumerTest {

  private static final String TOPIC = "quotas";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final byte[] KEY = {1};

  private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("none");
  private final List<QuotaTransition> heard = new ArrayList<>();

  @BeforeEach
  void haveATopic() {
    kafka.updatePartitions(
        TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0])));
    kafka.updateBeginningOffsets(Map.of(PARTITION, 0L));
    kafka.updateEndOffsets(Map.of(PARTITION, 3L));
  }

  @Test
  void goesOnAfterARecordThatCannotBeReadAndAHearerThatFails() {
    var reader =
        new QuotaConsumer(
            kafka,
            TOPIC,
            new PartitionedQuotaState(),
            effect -> {
              heard.add(effect);
              if (heard.size() == 1) {
                throw new IllegalStateException("the hearer failed");
              }
            });
    reader.begin();
    write(0, new byte[] {8});
    write(1, policy(100));
    write(2, policy(200));
    reader.step(Duration.ZERO);

    assertEquals(2, heard.size());
    assertTrue(reader.caughtUp());
  }

  private void write(long offset, byte[] value) {
    kafka.addRecord(new ConsumerRecord<>(TOPIC, 0, offset, KEY, value));
  }

  private static byte[] policy(long most) {
    PolicyChanged changed =
        RandomQuotaLog.policy("acme", RandomQuotaLog.limit(QuotaUnit.TOKENS, Period.MINUTE, most));
    return QuotaCodec.encode(changed);
  }
}
