package io.anyserve.ingress.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * A producer whose send never blocks the caller's thread. Kafka's own blocks for the metadata of a
 * topic that it does not know yet and for room in its buffer; where either may happen, the send is
 * made on a virtual thread. Thread-safe.
 */
final class NonBlockingProducer {

  static final long BUFFER_BYTES = 64L << 20;

  private static final long SAFE_BYTES = BUFFER_BYTES / 2;
  private static final long RECORD_OVERHEAD = 256;
  private static final Duration FLUSH = Duration.ofSeconds(2);

  private final Producer<byte[], byte[]> producer;
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final AtomicLong pendingBytes = new AtomicLong();

  NonBlockingProducer(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /**
   * Sends.
   *
   * @param done called once, with what went wrong if anything, from any thread
   */
  void send(ProducerRecord<byte[], byte[]> record, Consumer<@Nullable Exception> done) {
    long bytes = RECORD_OVERHEAD + record.value().length;
    boolean room = pendingBytes.addAndGet(bytes) <= SAFE_BYTES;
    var open = new AtomicBoolean(true);
    Consumer<@Nullable Exception> settled =
        error -> {
          if (open.compareAndSet(true, false)) {
            pendingBytes.addAndGet(-bytes);
            learn(record.topic(), error == null);
            done.accept(error);
          }
        };
    if (room && known.contains(record.topic())) {
      sendHere(record, settled);
    } else {
      Thread.ofVirtual().name("publish-" + record.topic()).start(() -> sendHere(record, settled));
    }
  }

  private void learn(String topic, boolean reached) {
    if (!reached) {
      known.remove(topic);
    } else if (!known.contains(topic)) {
      known.add(topic);
    }
  }

  private void sendHere(
      ProducerRecord<byte[], byte[]> record, Consumer<@Nullable Exception> settled) {
    try {
      var _ = producer.send(record, (metadata, error) -> settled.accept(error));
    } catch (RuntimeException e) {
      settled.accept(e);
    } catch (Error e) {
      settled.accept(new KafkaException("the record cannot be sent", e));
    }
  }

  void close() {
    producer.close(FLUSH);
  }
}
