package io.anyserve.router.conversations;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.codec.ConversationKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each batch as one transaction. All routers use the same transactional id for a partition,
 * so that the broker fences the producer of the one before.
 */
final class TransactionalConversationLog implements ConversationLog {

  private static final Logger log = LoggerFactory.getLogger(TransactionalConversationLog.class);

  private final TopicPartition partition;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private @Nullable Producer<byte[], byte[]> producer;

  /**
   * @param producers opens one with the partition's transactional id
   */
  TransactionalConversationLog(
      TopicPartition partition, Supplier<Producer<byte[], byte[]>> producers) {
    this.partition = partition;
    this.producers = producers;
  }

  @Override
  public boolean isOpen() {
    return producer != null;
  }

  @Override
  public long open() {
    close();
    try {
      Producer<byte[], byte[]> opened = producers.get();
      producer = opened;
      opened.initTransactions();
      return commit(opened, Map.of(Bytes.wrap(ConversationKeys.writer()), Optional.empty()));
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  @Override
  public long write(Map<Bytes, Optional<byte[]>> records) {
    Producer<byte[], byte[]> open = producer;
    if (open == null) {
      throw new IllegalStateException(partition + ": not open (expected: opened before)");
    }
    try {
      return commit(open, records);
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  private long commit(Producer<byte[], byte[]> to, Map<Bytes, Optional<byte[]>> records) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    to.beginTransaction();
    records.forEach(
        (key, value) ->
            sent.add(
                to.send(
                    new ProducerRecord<>(
                        partition.topic(), partition.partition(), key.get(), value.orElse(null)))));
    to.commitTransaction();
    return offset(sent.getLast());
  }

  private static long offset(Future<RecordMetadata> sent) {
    try {
      return sent.get().offset();
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private FailureException failed(KafkaException cause) {
    log.warn("{}: failed to write; the next edit opens it anew: {}", partition, cause.toString());
    abort();
    close();
    return new FailureException(
        FailureCode.BROKER_UNAVAILABLE, "conversations: failed to write: " + cause, cause);
  }

  /** An open transaction would hold back whoever reads. */
  private void abort() {
    Producer<byte[], byte[]> open = producer;
    if (open != null) {
      try {
        open.abortTransaction();
      } catch (KafkaException | IllegalStateException e) {
        log.debug("{}: left to the broker to abort: {}", partition, e.toString());
      }
    }
  }

  @Override
  public void close() {
    Producer<byte[], byte[]> open = producer;
    producer = null;
    if (open != null) {
      open.close(Duration.ZERO);
    }
  }
}
