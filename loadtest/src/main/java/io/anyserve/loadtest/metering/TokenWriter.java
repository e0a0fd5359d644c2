package io.anyserve.loadtest.metering;

import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.contracts.wire.TokenWire;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes requests to a topic as a worker does whose batch they are: all of them in step. Owned by
 * one thread.
 */
final class TokenWriter implements AutoCloseable {

  /** The most requests in step. */
  static final int WIDTH = 256;

  private static final Map<String, Object> BATCHES = Map.of("batch.size", 64 << 10);

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final int partitions;
  private final Stopwatch watch;
  private final Script script = new Script(Instant.EPOCH);
  private final byte[][] keys = new byte[WIDTH][];
  private final Callback told;
  private final Flight flight;
  private long next;

  TokenWriter(KafkaSettings kafka, String topic, Flight flight, Stopwatch watch) {
    this.producer = kafka.producer("bench-writer", BATCHES);
    this.topic = topic;
    this.partitions = producer.partitionsFor(topic).size();
    this.flight = flight;
    this.watch = watch;
    this.told =
        (_, failure) -> {
          if (failure != null) {
            flight.fail(failure);
          }
        };
  }

  /**
   * Writes so many requests, once no more than {@code most} are under way with them.
   *
   * @param requests at most {@link #WIDTH}
   */
  void write(int requests, long most) throws InterruptedException, TimeoutException {
    flight.write(requests, most);
    for (int i = 0; i < requests; i++) {
      keys[i] = Script.id(next + i).bytes();
    }
    for (int step = 0; step < Script.STEPS; step++) {
      for (int i = 0; i < requests; i++) {
        send(keys[i], next + i, step);
      }
    }
    next += requests;
  }

  private void send(byte[] key, long number, int step) {
    int partition = (int) (number % partitions);
    TokenRecord record = script.record(number, step, watch.elapsed());
    var _ =
        producer.send(new ProducerRecord<>(topic, partition, key, TokenWire.encode(record)), told);
  }

  @Override
  public void close() {
    producer.close();
  }
}
