package io.anyserve.worker.publish;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A producer that ends with its first failed record and is replaced by a new one: so nothing that
 * was sent behind a lost record gets into the log without it. Thread-safe.
 */
final class FailFastProducer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FailFastProducer.class);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final Supplier<Producer<byte[], byte[]>> open;
  private volatile Generation line;
  private volatile boolean closed;

  FailFastProducer(Supplier<Producer<byte[], byte[]>> open) {
    this.open = open;
    this.line = new Generation(open.get());
  }

  /**
   * Hands over a record; waits only when the buffer is full. The callback hears what came of it.
   */
  void send(ProducerRecord<byte[], byte[]> record, Callback callback) {
    Generation used = line;
    try {
      var _ =
          used.producer.send(
              record, (metadata, failure) -> report(used, callback, metadata, failure));
    } catch (KafkaException | IllegalStateException e) {
      report(used, callback, null, e);
    }
  }

  /** As {@link #send}; completes with the record's offset. */
  CompletableFuture<Long> append(ProducerRecord<byte[], byte[]> record) {
    var offset = new CompletableFuture<Long>();
    send(
        record,
        (metadata, failure) -> {
          if (failure == null) {
            offset.complete(metadata.offset());
          } else {
            offset.completeExceptionally(failure);
          }
        });
    return offset;
  }

  // Kafka passes null for what does not apply.
  @SuppressWarnings("NullAway")
  private void report(
      Generation used,
      Callback callback,
      @Nullable RecordMetadata metadata,
      @Nullable Exception failure) {
    if (failure != null) {
      replace(used, failure);
    }
    callback.onCompletion(metadata, failure);
  }

  private void replace(Generation used, Exception failure) {
    if (closed || !used.failed.compareAndSet(false, true)) {
      return;
    }
    log.warn("Failed to write a record; the producer is replaced: {}", failure.toString());
    try {
      line = new Generation(open.get());
    } catch (RuntimeException | Error e) {
      log.error("Failed to open a producer; the next record retries", e);
      used.failed.set(false);
    }
    used.producer.close(Duration.ZERO);
  }

  int partitions(String topic) {
    return line.producer.partitionsFor(topic).size();
  }

  /** Sends what waits. */
  @Override
  public void close() {
    closed = true;
    line.producer.close(CLOSE);
  }

  private record Generation(Producer<byte[], byte[]> producer, AtomicBoolean failed) {
    Generation(Producer<byte[], byte[]> producer) {
      this(producer, new AtomicBoolean());
    }
  }
}
