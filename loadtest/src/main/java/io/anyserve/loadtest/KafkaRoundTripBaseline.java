package io.anyserve.loadtest;

import io.anyserve.runtime.kafka.KafkaClients;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The floor: a record to one topic, echoed to a second one, with plain clients and nothing else.
 *
 * @param bytes of each record, at least 8
 */
public record KafkaRoundTripBaseline(
    KafkaClients kafka, PoissonArrivals pace, int bytes, long seed) {

  private static final String THERE = "raw-there";
  private static final String BACK = "raw-back";
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Round trips from the intended start of each record; creates and deletes its own topics. */
  public Latency run() throws InterruptedException, ExecutionException, TimeoutException {
    String name = "-" + Long.toHexString(seed ^ System.nanoTime());
    try (Admin admin = kafka.newAdmin("raw-admin")) {
      List<String> topics = List.of(THERE + name, BACK + name);
      admin
          .createTopics(topics.stream().map(t -> new NewTopic(t, 1, (short) 1)).toList())
          .all()
          .get();
      try {
        return measure(topics.getFirst(), topics.getLast());
      } finally {
        admin.deleteTopics(topics).all().get();
      }
    }
  }

  private Latency measure(String there, String back) throws InterruptedException, TimeoutException {
    LatencyRecorder recorder = new LatencyRecorder();
    CountDownLatch answers = new CountDownLatch(pace.count());
    try (var sender = kafka.newProducer("raw-sender", Map.of());
        var echoer = kafka.newProducer("raw-echoer", Map.of());
        var echo = new Loop("raw-echo", there, value -> send(echoer, back, value));
        var listener =
            new Loop(
                "raw-listener",
                back,
                value -> {
                  recorder.record(System.nanoTime() - ByteBuffer.wrap(value).getLong());
                  answers.countDown();
                })) {
      echo.begin();
      listener.begin();
      pace.run(
          new Random(seed), System::nanoTime, intended -> send(sender, there, stamped(intended)));
      if (!answers.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TimeoutException(answers.getCount() + " answers missing (expected: 0)");
      }
    }
    return recorder.latency();
  }

  private byte[] stamped(long intended) {
    byte[] value = new byte[bytes];
    ByteBuffer.wrap(value).putLong(intended);
    return value;
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value) {
    var _ = producer.send(new ProducerRecord<>(topic, 0, null, value));
  }

  /** A thread that hands every new value of a topic over. */
  private final class Loop implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;

    Loop(String name, String topic, java.util.function.Consumer<byte[]> values) {
      consumer = kafka.newAssignedConsumer(name, IsolationLevel.READ_UNCOMMITTED, Map.of());
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      thread = new Thread(() -> poll(values), name);
    }

    void begin() {
      thread.start();
    }

    private void poll(java.util.function.Consumer<byte[]> values) {
      try (consumer) {
        while (true) {
          consumer.poll(POLL).forEach(record -> values.accept(record.value()));
        }
      } catch (WakeupException e) {
        // closed
      }
    }

    @Override
    public void close() throws InterruptedException {
      consumer.wakeup();
      thread.join();
    }
  }
}
