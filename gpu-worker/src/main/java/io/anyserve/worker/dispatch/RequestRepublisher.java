package io.anyserve.worker.dispatch;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.Publisher;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes requests again, with the attempts made so far, to the partition that they came from.
 * Thread-safe.
 */
final class RequestRepublisher {

  private static final Logger log = LoggerFactory.getLogger(RequestRepublisher.class);

  /** Runs a task after the time between two tries. */
  static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  private final Publisher publisher;
  private final Executor background;
  private final Executor later;

  /**
   * @param background runs what blocks
   * @param later runs a task after the time between two tries
   */
  RequestRepublisher(Publisher publisher, Executor background, Executor later) {
    this.publisher = publisher;
    this.background = background;
    this.later = later;
  }

  /**
   * Publishes a copy; completes when it is in the log.
   *
   * @param attempt the highest one made
   * @param firstOffset before which no event of the request lies, {@link ReplyTo#UNKNOWN_OFFSET}
   *     when unknown
   */
  CompletableFuture<Long> publish(
      ConsumerRecord<byte[], byte[]> record, int attempt, long firstOffset) {
    InferenceRequest request = RequestCodec.decode(record.value());
    byte[] copy =
        RequestCodec.encode(
            request.with(request.routing().after(attempt, firstOffset)), record.value());
    return publisher.append(
        new ProducerRecord<>(
            record.topic(), record.partition(), record.key(), copy, record.headers()));
  }

  /**
   * Hands the request of an execution that has begun and stopped to whoever acquires the copy, and
   * then says so in the log. Tries until the copy is written; when the process ends before, the
   * router publishes the request instead. Does not block.
   *
   * @param done called when the copy is in the log
   */
  void handOver(EventStreamWriter stream, Runnable done) {
    inBackground(stream, () -> tryHandOver(stream, done));
  }

  private void tryHandOver(EventStreamWriter stream, Runnable done) {
    CompletableFuture<Long> copy;
    try {
      copy = publish(stream.record(), stream.attempt(), stream.firstOffset());
    } catch (RuntimeException e) {
      copy = CompletableFuture.failedFuture(e);
    }
    var _ = copy.whenCompleteAsync((_, failure) -> published(stream, done, failure), background);
  }

  private void published(EventStreamWriter stream, Runnable done, @Nullable Throwable failure) {
    if (failure == null) {
      publisher.republished(stream);
      done.run();
      return;
    }
    log.warn(
        "Failed to hand over request {}; trying again: {}",
        stream.request().id(),
        failure.toString());
    later.execute(() -> handOver(stream, done));
  }

  private void inBackground(EventStreamWriter stream, Runnable task) {
    try {
      background.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("Request {} is left to the router", stream.request().id(), e);
    }
  }
}
