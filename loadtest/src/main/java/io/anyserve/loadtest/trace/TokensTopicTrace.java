package io.anyserve.loadtest.trace;

import io.anyserve.audit.TopicTail;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.DuplicateSubmission;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The requests that an AnyServe served, from its topic {@code tokens}: when each was accepted, and
 * how many tokens its prompt and its answer had. The topic is in the order of the answers, so all
 * requests are read before the first is handed out; each takes three numbers.
 */
public final class TokensTopicTrace implements TraceReader {

  private static final long NANOS_PER_MILLI = 1_000_000;

  private record Served(long acceptedAt, int promptTokens, int answerTokens) {}

  private final Deque<Served> requests;
  private final long first;

  private TokensTopicTrace(List<Served> inOrder) {
    this.requests = new ArrayDeque<>(inOrder);
    this.first = inOrder.isEmpty() ? 0 : inOrder.getFirst().acceptedAt();
  }

  /** Reads the topic up to its present end. */
  public static TokensTopicTrace read(KafkaClients kafka, TopicNames topics) {
    Fold fold = new Fold();
    try (TopicTail tail = new TopicTail(kafka, topics.tokens(), false, fold::add)) {
      tail.drain();
    }
    return fold.trace();
  }

  @Override
  public Optional<TraceRequest> next() {
    return Optional.ofNullable(requests.poll())
        .map(
            served ->
                new TraceRequest(
                    (served.acceptedAt() - first) * NANOS_PER_MILLI,
                    served.promptTokens(),
                    served.answerTokens(),
                    List.of()));
  }

  @Override
  public void close() {}

  /** Adds up events; a takeover counts the tokens of all attempts by their positions. */
  static final class Fold {

    private final Map<RequestId, Served> requests = new HashMap<>();
    private final Map<RequestId, Long> sequences = new HashMap<>();

    void add(ConsumerRecord<byte[], byte[]> record) {
      try {
        TokenCodec.decodeAll(record.key(), record.value()).forEach(this::add);
      } catch (MalformedRecordException _) {
        // Nobody's request; metering sends it to dlq.
      }
    }

    void add(TokenRecord record) {
      RequestId id = record.request();
      switch (record.event()) {
        case Started started -> requests.merge(id, served(started), Fold::known);
        case Chunk chunk -> {
          if (chunk.sequence() > sequences.getOrDefault(id, -1L)) {
            sequences.put(id, chunk.sequence());
            requests.computeIfPresent(id, (_, served) -> longer(served, chunk));
          }
        }
        case Terminal _ -> sequences.put(id, Long.MAX_VALUE);
        case Released _, DuplicateSubmission _ -> {}
      }
    }

    private static Served served(Started started) {
      return new Served(
          started.context().acceptedAt().toEpochMilli(),
          Math.toIntExact(started.promptTokens()),
          0);
    }

    private static Served known(Served before, Served again) {
      return new Served(
          before.acceptedAt(),
          Math.max(before.promptTokens(), again.promptTokens()),
          before.answerTokens());
    }

    private static Served longer(Served served, Chunk chunk) {
      return new Served(
          served.acceptedAt(),
          served.promptTokens(),
          served.answerTokens() + chunk.tokens().size());
    }

    TokensTopicTrace trace() {
      return new TokensTopicTrace(
          requests.values().stream().sorted(Comparator.comparingLong(Served::acceptedAt)).toList());
    }
  }
}
