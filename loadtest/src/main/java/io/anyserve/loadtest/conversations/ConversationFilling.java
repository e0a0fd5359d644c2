package io.anyserve.loadtest.conversations;

import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.codec.ConversationKeys;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.topic.TenantPartition;
import io.anyserve.loadtest.conversations.ConversationsReport.Filling;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Brings conversations into the store: by calls, or by records where those are too many. */
record ConversationFilling(
    ConversationsTarget target, ConversationCalls calls, GeneratedConversations content) {

  private static final int CALLERS = 64;
  private static final Map<String, String> BATCHES =
      Map.of(
          "linger.ms", "5", "batch.size", "262144", "max.in.flight.requests.per.connection", "5");

  /** Appends every message over gRPC, many conversations at once. */
  Filling append(int from, int to) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<?>> conversations = new ArrayList<>();
      for (int number = from; number < to; number++) {
        int chosen = number;
        conversations.add(callers.submit(() -> append(chosen)));
      }
      for (Future<?> conversation : conversations) {
        conversation.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("an append failed", e.getCause());
    }
    return filling(to - from, begin);
  }

  private void append(int number) {
    ConversationId id = GeneratedConversations.id(number);
    content.messages(number, Instant.now()).forEach(message -> calls.append(id, message));
  }

  /**
   * Writes the records that a router would leave behind once the topic is compacted; the router
   * that runs takes them into its store.
   */
  Filling write(int from, int to) throws IOException {
    long begin = System.nanoTime();
    Instant last = Instant.ofEpochMilli(System.currentTimeMillis());
    var failure = new AtomicReference<@Nullable Exception>();
    try (KafkaProducer<byte[], byte[]> producer =
        target.kafka().newProducer("bench-conversations", BATCHES)) {
      int partitions = producer.partitionsFor(target.topics().conversations()).size();
      for (int number = from; number < to; number++) {
        int partition = TenantPartition.of(GeneratedConversations.id(number).tenant(), partitions);
        for (var record : records(number, partition, last.minusSeconds(to - number))) {
          var _ = producer.send(record, (_, e) -> failure.compareAndSet(null, e));
        }
      }
    }
    if (failure.get() != null) {
      throw new IOException("a conversation could not be written", failure.get());
    }
    return filling(to - from, begin);
  }

  private List<ProducerRecord<byte[], byte[]>> records(int number, int partition, Instant last) {
    ConversationId id = GeneratedConversations.id(number);
    List<ConversationMessage> messages = content.messages(number, last);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (ConversationMessage message : messages) {
      records.add(
          record(
              partition, ConversationKeys.of(id, message.id()), ConversationCodec.encode(message)));
    }
    records.add(
        record(
            partition,
            ConversationKeys.of(id),
            ConversationCodec.encode(GeneratedConversations.conversation(number, messages))));
    return records;
  }

  private ProducerRecord<byte[], byte[]> record(int partition, byte[] key, byte[] value) {
    return new ProducerRecord<>(target.topics().conversations(), partition, key, value);
  }

  private Filling filling(int conversations, long begin) {
    return new Filling(
        conversations, (long) conversations * content.messages(), System.nanoTime() - begin);
  }
}
