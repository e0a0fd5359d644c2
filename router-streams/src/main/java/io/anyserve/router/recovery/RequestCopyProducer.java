package io.anyserve.router.recovery;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * The log's side of {@link RequestCopies}: an idempotent producer, opened anew after a failure. The
 * recovery's thread owns it.
 */
public final class RequestCopyProducer implements RequestCopies, AutoCloseable {

  private final Supplier<Producer<byte[], byte[]>> open;
  private @Nullable Producer<byte[], byte[]> producer;

  /**
   * @param open opens a producer
   */
  public RequestCopyProducer(Supplier<Producer<byte[], byte[]>> open) {
    this.open = open;
  }

  @Override
  public Receipt publish(ConsumerRecord<byte[], byte[]> found, byte[] value, long now) {
    Producer<byte[], byte[]> by = producer == null ? open.get() : producer;
    producer = by;
    Future<?> written =
        by.send(
            new ProducerRecord<>(
                found.topic(), found.partition(), now, found.key(), value, found.headers()));
    return () -> await(written);
  }

  private void await(Future<?> written) {
    try {
      written.get();
    } catch (ExecutionException e) {
      close();
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  @Override
  public void close() {
    Producer<byte[], byte[]> last = producer;
    producer = null;
    if (last != null) {
      last.close(Duration.ZERO);
    }
  }
}
