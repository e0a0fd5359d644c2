package io.anyserve.loadtest.metering;

import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes requests to a topic as a worker does whose batch they are: all of them in step. Owned by
 * one thread.
 */
final class SyntheticWorker implements AutoCloseable {

  /** The most requests in step. */
  static final int WIDTH = 256;

  private static final Map<String, Object> BATCHES = Map.of("batch.size", 64 << 10);

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final int partitions;
  private final Stopwatch watch;
  private final RequestTemplate script = new RequestTemplate(Instant.EPOCH);
  private final byte[][] keys = new byte[WIDTH][];
  private final List<List<TokenRecord>> batches;
  private final Callback told;
  private final InFlightWindow flight;
  private long next;

  SyntheticWorker(KafkaClients kafka, String topic, InFlightWindow flight, Stopwatch watch) {
    this.producer = kafka.newProducer("bench-writer", BATCHES);
    this.topic = topic;
    this.partitions = producer.partitionsFor(topic).size();
    this.batches =
        Stream.<List<TokenRecord>>generate(() -> new ArrayList<>(WIDTH)).limit(partitions).toList();
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
      keys[i] = RequestTemplate.id(next + i).bytes();
    }
    for (int step = 0; step < RequestTemplate.STEPS; step++) {
      if (RequestTemplate.isChunk(step)) {
        sendBatches(requests, step);
      } else {
        for (int i = 0; i < requests; i++) {
          send(keys[i], next + i, step);
        }
      }
    }
    next += requests;
  }

  private void send(byte[] key, long number, int step) {
    send(partition(number), key, TokenCodec.encode(script.record(number, step, watch.elapsed())));
  }

  private void sendBatches(int requests, int step) {
    for (int i = 0; i < requests; i++) {
      batches.get(partition(next + i)).add(script.record(next + i, step, watch.elapsed()));
    }
    for (int partition = 0; partition < partitions; partition++) {
      List<TokenRecord> batch = batches.get(partition);
      if (!batch.isEmpty()) {
        send(partition, null, TokenCodec.encodeBatch(batch));
        batch.clear();
      }
    }
  }

  private int partition(long number) {
    return (int) (number % partitions);
  }

  private void send(int partition, byte @Nullable [] key, byte[] value) {
    var _ = producer.send(new ProducerRecord<>(topic, partition, key, value), told);
  }

  @Override
  public void close() {
    producer.close();
  }
}
