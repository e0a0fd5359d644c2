package io.anyserve.worker;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Reads the topic of tokens as an ingress does: everything, in log order. */
final class TokenReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<RequestId, List<TokenRecord>> records = new ConcurrentHashMap<>();

  TokenReader(KafkaClients kafka) {
    consumer = kafka.newAssignedConsumer("test-tokens", IsolationLevel.READ_UNCOMMITTED, Map.of());
    var partitions =
        List.of(
            new TopicPartition(TestCluster.TOPICS.tokens(), 0),
            new TopicPartition(TestCluster.TOPICS.tokens(), 1));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  private void read() {
    for (var record : consumer.poll(POLL)) {
      for (TokenRecord event : TokenCodec.decodeAll(record.key(), record.value())) {
        records.computeIfAbsent(event.request(), _ -> new ArrayList<>()).add(event);
      }
    }
  }

  /** All of its records so far, those that do not count included. */
  List<TokenRecord> all(InferenceRequest request) {
    return records.getOrDefault(request.id(), List.of());
  }

  /** Those that count. */
  List<TokenEvent> counting(InferenceRequest request) {
    var progress = new FencedStream();
    List<TokenEvent> counting = new ArrayList<>();
    for (TokenRecord record : all(request)) {
      if (progress.apply(record) == Verdict.ACCEPTED) {
        counting.add(record.event());
      }
    }
    return counting;
  }

  /** Reads on until that many events of the request count. */
  List<TokenEvent> await(InferenceRequest request, int count) {
    awaitUntil(() -> counting(request).size() >= count);
    return counting(request);
  }

  /** Reads on until the request has ended. */
  Answer answer(InferenceRequest request) {
    awaitUntil(() -> counting(request).stream().anyMatch(Terminal.class::isInstance));
    return new Answer(counting(request));
  }

  void awaitUntil(java.util.concurrent.Callable<Boolean> condition) {
    org.awaitility.Awaitility.await()
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(1))
        .atMost(PATIENCE)
        .until(
            () -> {
              read();
              return condition.call();
            });
  }

  /** The events of one request that count, up to its end. */
  record Answer(List<TokenEvent> events) {

    List<Chunk> chunks() {
      return events.stream().filter(Chunk.class::isInstance).map(Chunk.class::cast).toList();
    }

    String text() {
      return String.join("", chunks().stream().map(Chunk::text).toList());
    }

    long tokens() {
      return chunks().stream().mapToLong(chunk -> chunk.tokens().size()).sum();
    }

    Terminal terminal() {
      return (Terminal) events.getLast();
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
