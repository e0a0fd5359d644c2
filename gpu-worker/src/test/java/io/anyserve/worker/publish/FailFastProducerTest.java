package io.anyserve.worker.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

final class FailFastProducerTest {

  private static final ProducerRecord<byte[], byte[]> RECORD =
      new ProducerRecord<>("topic", new byte[] {1});

  private final MockProducer<byte[], byte[]> first = producer();
  private final MockProducer<byte[], byte[]> last = producer();
  private final Queue<MockProducer<byte[], byte[]>> openable = new ArrayDeque<>(List.of(first));

  private static MockProducer<byte[], byte[]> producer() {
    var serializer = new ByteArraySerializer();
    return new MockProducer<>(false, null, serializer, serializer);
  }

  private Producer<byte[], byte[]> open() {
    if (openable.isEmpty()) {
      throw new KafkaException("no producer can be opened");
    }
    return openable.remove();
  }

  @Test
  void whereNoProducerCanBeOpenedTheNextRecordTriesAgain() {
    var producer = new FailFastProducer(this::open);
    var lost = producer.append(RECORD);
    first.errorNext(new IllegalStateException("no broker"));
    assertTrue(lost.isCompletedExceptionally());
    assertTrue(producer.append(RECORD).isCompletedExceptionally());
    openable.add(last);
    assertTrue(producer.append(RECORD).isCompletedExceptionally());
    var written = producer.append(RECORD);
    last.completeNext();
    assertEquals(0, written.join());
    assertTrue(first.closed());
  }
}
