package io.anyserve.ingress.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class NonBlockingProducerTest {

  private final CountDownLatch metadata = new CountDownLatch(1);
  private final List<Boolean> virtual = new CopyOnWriteArrayList<>();
  private final BlockingKafka kafka = new BlockingKafka();
  private final NonBlockingProducer producer = new NonBlockingProducer(kafka);

  @Test
  void aTopicThatIsNotKnownYetNeverBlocksTheCaller() {
    List<String> done = new CopyOnWriteArrayList<>();
    producer.send(record(10), error -> done.add(String.valueOf(error)));
    assertEquals(List.of(), done);
    metadata.countDown();
    await().atMost(60, TimeUnit.SECONDS).until(() -> done.equals(List.of("null")));
    assertEquals(List.of(true), virtual);
  }

  @Test
  void aKnownTopicIsWrittenToAtOnce() {
    learn();
    producer.send(record(10), error -> {});
    assertEquals(List.of(true, false), virtual);
  }

  @Test
  void aTopicThatFailedIsNotTrustedAnyMore() {
    learn();
    kafka.autoCompletes = false;
    producer.send(record(10), error -> {});
    kafka.errorNext(new TimeoutException("gone"));
    producer.send(record(10), error -> {});
    await().atMost(60, TimeUnit.SECONDS).until(() -> virtual.size() == 3);
    assertTrue(virtual.getLast());
  }

  @Test
  void aBufferThatFillsUpNeverBlocksTheCaller() {
    learn();
    kafka.autoCompletes = false;
    List<String> done = new ArrayList<>();
    int half = (int) (NonBlockingProducer.BUFFER_BYTES / 2);
    producer.send(record(half - 1000), error -> done.add("first"));
    assertFalse(virtual.getLast());
    producer.send(record(1000), error -> done.add("second"));
    await().atMost(60, TimeUnit.SECONDS).until(() -> virtual.size() == 3);
    assertTrue(virtual.getLast());
    kafka.completeNext();
    kafka.completeNext();
    producer.send(record(1000), error -> {});
    assertFalse(virtual.getLast());
    assertEquals(List.of("first", "second"), done);
  }

  @Test
  void whateverIsThrownIsToldOnceAndFreesItsRoom() {
    learn();
    int half = (int) (NonBlockingProducer.BUFFER_BYTES / 2);
    for (Throwable thrown :
        List.of(new IllegalArgumentException("on purpose"), new LinkageError("on purpose"))) {
      List<String> done = new ArrayList<>();
      learn();
      kafka.throwing = thrown;
      producer.send(record(half - 1000), error -> done.add(String.valueOf(error != null)));
      assertEquals(List.of("true"), done, thrown.toString());
      kafka.throwing = null;
    }
    learn();
    producer.send(record(half - 1000), error -> {});
    assertFalse(virtual.getLast());
  }

  @Test
  void aFaultOfWhoIsToldIsNotToldToHimAgain() {
    learn();
    List<String> done = new ArrayList<>();
    producer.send(
        record(10),
        error -> {
          done.add(String.valueOf(error));
          throw new IllegalStateException("on purpose");
        });
    assertEquals(List.of("null"), done);
  }

  private void learn() {
    metadata.countDown();
    List<String> done = new CopyOnWriteArrayList<>();
    producer.send(record(10), error -> done.add("done"));
    await().atMost(60, TimeUnit.SECONDS).until(() -> !done.isEmpty());
  }

  private static ProducerRecord<byte[], byte[]> record(int bytes) {
    return new ProducerRecord<>("topic", new byte[bytes]);
  }

  /** Blocks every send until there is metadata, as Kafka's does. */
  private final class BlockingKafka extends MockProducer<byte[], byte[]> {

    boolean autoCompletes = true;
    @Nullable Throwable throwing;

    BlockingKafka() {
      super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
      try {
        metadata.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      switch (throwing) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> {}
      }
      Future<RecordMetadata> sent = super.send(record, callback);
      virtual.add(Thread.currentThread().isVirtual());
      if (autoCompletes) {
        completeNext();
      }
      return sent;
    }
  }
}
