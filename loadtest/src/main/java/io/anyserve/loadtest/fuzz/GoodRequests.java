package io.anyserve.loadtest.fuzz;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.v1.InferenceRequest;
import io.anyserve.v1.RequestContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;

/**
 * Asynchronous requests through every partition of the intake, and how often each one ended. Not
 * thread-safe.
 */
final class GoodRequests {

  private final KafkaClients kafka;
  private final TopicNames topics;
  private final Producer<byte[], byte[]> producer;
  private final List<FuzzRun.Served> capabilities;
  private final Random ids;
  private final Set<RequestId> sent = new HashSet<>();

  GoodRequests(
      KafkaClients kafka,
      TopicNames topics,
      Producer<byte[], byte[]> producer,
      List<FuzzRun.Served> capabilities,
      Random ids) {
    this.kafka = kafka;
    this.topics = topics;
    this.producer = producer;
    this.capabilities = capabilities;
    this.ids = ids;
  }

  /**
   * One for each partition of the intake and each capability.
   *
   * @param now milliseconds since the epoch
   */
  List<RequestId> send(String tenant, long now) {
    List<RequestId> added = new ArrayList<>();
    for (PartitionInfo partition : producer.partitionsFor(topics.intake())) {
      for (FuzzRun.Served served : capabilities) {
        RequestId id = RequestId.next(now, ids);
        byte[] value =
            served.kind() == RequestKind.EMBED
                ? embedding(id, tenant, served.capability(), now)
                : text(id, tenant, served.capability());
        Futures.get(
            producer.send(
                new ProducerRecord<>(topics.intake(), partition.partition(), id.bytes(), value)));
        added.add(id);
      }
    }
    sent.addAll(added);
    return added;
  }

  private static byte[] text(RequestId id, String tenant, String capability) {
    return "{\"id\":\"%s\",\"tenant\":\"%s\",\"capability\":\"%s\",\"prompt\":\"once upon\",\"max_tokens\":8}"
        .formatted(id, tenant, capability)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Plain JSON cannot ask for vectors. */
  private static byte[] embedding(RequestId id, String tenant, String capability, long now) {
    var texts = new EmbeddingInputs(List.of(new OfText("once upon"), new OfText("a time")));
    return InferenceRequest.newBuilder()
        .setRequestId(ByteString.copyFrom(id.bytes()))
        .setContext(
            RequestContext.newBuilder()
                .setTenant(tenant)
                .setSession(id.toString())
                .setCapability(capability)
                .setAcceptedAt(now)
                .setAsynchronous(true))
        .setKind(io.anyserve.v1.RequestKind.REQUEST_KIND_EMBED)
        .setInput(PayloadCodec.write(EmbeddingInputsCodec.write(texts)))
        .build()
        .toByteArray();
  }

  int count() {
    return sent.size();
  }

  /** Of all that were sent: how many have no result. */
  long missing() {
    Map<RequestId, Set<RequestResult>> results = results();
    return sent.stream().filter(id -> !results.containsKey(id)).count();
  }

  /**
   * What does not have exactly one result and exactly one terminal event. Records that come again
   * are told the same result, and others under the same id are refused.
   */
  List<String> findings() {
    List<String> findings = new ArrayList<>();
    Map<RequestId, Set<RequestResult>> results = results();
    Map<RequestId, Integer> terminals = terminals();
    for (RequestId id : sent) {
      int written = results.getOrDefault(id, Set.of()).size();
      int ended = terminals.getOrDefault(id, 0);
      if (written != 1 || ended != 1) {
        findings.add(
            "request %s: %d results, %d terminal events (expected: 1 of each)"
                .formatted(id, written, ended));
      }
    }
    return findings;
  }

  private Map<RequestId, Set<RequestResult>> results() {
    Map<RequestId, Set<RequestResult>> found = new HashMap<>();
    TopicLog.read(
        kafka,
        topics.results(),
        record -> {
          RequestResult result = UsageCodec.decodeResult(record.value());
          if (!isConflict(result)) {
            found.computeIfAbsent(result.request(), _ -> new HashSet<>()).add(result);
          }
        });
    return found;
  }

  private static boolean isConflict(RequestResult result) {
    return result.outcome() instanceof Failed failed
        && failed.failure().code() == FailureCode.IDEMPOTENCY_CONFLICT;
  }

  private Map<RequestId, Integer> terminals() {
    Map<RequestId, Integer> count = new HashMap<>();
    Map<RequestId, FencedStream> streams = new HashMap<>();
    TopicLog.read(
        kafka,
        topics.tokens(),
        record -> {
          if (record.key() != null && record.key().length == RequestId.BYTES) {
            RequestId id = RequestId.of(record.key());
            if (sent.contains(id)) {
              var stream = streams.computeIfAbsent(id, _ -> new FencedStream());
              count.merge(id, countedEnds(stream, record.key(), record.value()), Integer::sum);
            }
          }
        });
    return count;
  }

  /** One for a terminal event of a run that is not fenced. */
  private static int countedEnds(FencedStream stream, byte[] key, byte[] value) {
    try {
      TokenRecord token = TokenCodec.decode(key, value);
      boolean counts = stream.apply(token) == FencedStream.Verdict.ACCEPTED;
      return counts && token.event() instanceof Terminal ? 1 : 0;
    } catch (MalformedRecordException hostile) {
      return 0;
    }
  }
}
