package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.runtime.Health;
import io.anyserve.worker.TokenReader.Answer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a producer may write to the request topics, on purpose or not. */
@Timeout(300)
final class WorkerPoisonIT {

  /** {@code earlier_attempts = 2147483647} behind a request that has none. */
  private static final byte[] MOST_ATTEMPTS = {
    9 << 3, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7
  };

  /** Bytes that a process of 256 MiB cannot hold twice. */
  private static final int TOO_MUCH = 160 << 20;

  private static TestCluster cluster;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    cluster = TestCluster.start(directory);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static CapabilityConfig capability(String name) {
    return CapabilityConfig.of(name, TestCluster.simulated(2, Map.of("prefix-cache", "4096")));
  }

  private static long letters(String capability) {
    String topic = TestCluster.TOPICS.requests(new Capability(capability), Priority.INTERACTIVE);
    byte[] name = topic.getBytes(StandardCharsets.UTF_8);
    return cluster.deadLetters().stream()
        .filter(
            letter -> Arrays.equals(letter.headers().lastHeader(DeadLetter.TOPIC).value(), name))
        .count();
  }

  private static void assertRefused(InferenceRequest request) {
    var failed = assertInstanceOf(Failed.class, cluster.tokens().answer(request).terminal());
    assertEquals(FailureCode.INVALID_REQUEST, failed.failure().code());
    assertEquals(TokenUsage.NONE, failed.usage());
  }

  @Test
  void attemptsBeyondCountingFailTheirRequestAndNothingElse() throws Exception {
    InferenceRequest poison = cluster.request("beyond", "counted too often", 5);
    var value = new ByteArrayOutputStream();
    value.writeBytes(RequestCodec.encode(poison));
    value.writeBytes(MOST_ATTEMPTS);
    cluster.prepare("beyond");
    cluster.submit(new Capability("beyond"), Priority.INTERACTIVE, value.toByteArray());
    InferenceRequest good = cluster.request("beyond", "a good one", 5);
    cluster.submit(good);
    try (var worker = cluster.worker("w-beyond", capability("beyond"))) {
      assertEquals(5, cluster.tokens().answer(good).tokens());
      assertRefused(poison);
      cluster.tokens().awaitUntil(() -> letters("beyond") == 1);
      cluster.tokens().awaitUntil(() -> worker.health().equals(Health.UP));
    }
    assertEquals(1, cluster.tokens().all(poison).size());
    assertEquals(1, letters("beyond"));
  }

  @Test
  void whatTheLedgerWouldRefuseIsNotRun() throws Exception {
    InferenceRequest early = accepted(Instant.ofEpochMilli(-1), "");
    InferenceRequest late = accepted(Instant.ofEpochMilli(System.currentTimeMillis() * 1000), "");
    InferenceRequest keyed = accepted(Instant.now(), "k".repeat(1025));
    try (var worker = cluster.worker("w-ledger", capability("ledger"))) {
      for (InferenceRequest request : List.of(early, late, keyed)) {
        cluster.submit(request);
        assertRefused(request);
      }
      cluster.tokens().awaitUntil(() -> letters("ledger") == 3);
    }
  }

  private static InferenceRequest accepted(Instant at, String apiKey) {
    InferenceRequest plain = cluster.request("ledger", "a prompt", 5);
    RequestContext context = plain.context();
    return new InferenceRequest(
        plain.id(),
        new RequestContext(
            context.tenant(),
            context.session(),
            apiKey,
            context.capability(),
            context.labels(),
            at,
            context.asynchronous()),
        plain.input(),
        plain.parameters(),
        plain.routing(),
        Optional.empty());
  }

  @Test
  void onlyWhatATransactionCommitsIsRun() throws Exception {
    cluster.prepare("tx");
    InferenceRequest aborted = cluster.request("tx", "aborted", 5);
    InferenceRequest committed = cluster.request("tx", "committed", 5);
    InferenceRequest open = cluster.request("tx", "open", 5);
    try (var first = transactional("one");
        var second = transactional("two");
        var worker = cluster.worker("w-tx", capability("tx"))) {
      first.beginTransaction();
      first.send(record(aborted)).get();
      first.abortTransaction();
      first.beginTransaction();
      first.send(record(committed)).get();
      first.commitTransaction();
      assertEquals(5, cluster.tokens().answer(committed).tokens());
      second.beginTransaction();
      second.send(record(open)).get();
      InferenceRequest behind = cluster.request("tx", "behind the open one", 5);
      cluster.submit(behind);
      InferenceRequest elsewhere = cluster.batchRequest("tx", "in another topic", 5);
      cluster.submit(elsewhere);
      assertEquals(5, cluster.tokens().answer(elsewhere).tokens());
      assertEquals(List.of(), cluster.tokens().all(open));
      second.abortTransaction();
      assertEquals(5, cluster.tokens().answer(behind).tokens());
    }
    assertEquals(List.of(), cluster.tokens().all(aborted));
    assertEquals(List.of(), cluster.tokens().all(open));
  }

  private static KafkaProducer<byte[], byte[]> transactional(String id) {
    var producer = cluster.kafka().newProducer("tx-" + id, Map.of("transactional.id", id));
    producer.initTransactions();
    return producer;
  }

  private static ProducerRecord<byte[], byte[]> record(InferenceRequest request) {
    String topic =
        TestCluster.TOPICS.requests(request.context().capability(), Priority.INTERACTIVE);
    byte[] key = "s1".getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, key, RequestCodec.encode(request));
  }

  @Test
  void aRecordThatDoesNotFitIntoMemoryStopsNoWorker() throws Exception {
    cluster.prepare("bomb");
    Map<String, Object> large =
        Map.of(
            "compression.type", "zstd", "max.request.size", 2 * TOO_MUCH, "buffer.memory", 1 << 29);
    try (var producer = cluster.kafka().newProducer("bomb", large)) {
      String topic = TestCluster.TOPICS.requests(new Capability("bomb"), Priority.INTERACTIVE);
      byte[] key = "s1".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, key, new byte[TOO_MUCH])).get();
    }
    InferenceRequest good = cluster.request("bomb", "behind the large one", 5);
    cluster.submit(good);
    Process worker = WorkerProcess.start(cluster, "w-bomb", "bomb");
    try {
      assertEquals(5, cluster.tokens().answer(good).tokens());
      assertTrue(worker.isAlive());
    } finally {
      worker.destroyForcibly().waitFor();
    }
  }

  @Test
  void aPromptThatBeginsAsOneBeforeItIsBilledWithCachedTokens() throws Exception {
    String prefix = "word ".repeat(40);
    try (var worker = cluster.worker("w-cached", capability("cached"))) {
      InferenceRequest first = cluster.request("cached", prefix + "one", 5);
      cluster.submit(first);
      assertEquals(new TokenUsage(41, 5, 0), billed(first));
      InferenceRequest second = cluster.request("cached", prefix + "two", 5);
      cluster.submit(second);
      assertEquals(new TokenUsage(41, 5, 32), billed(second));
    }
  }

  @Test
  void afterATakeoverTheCachedTokensAreThoseOfTheRunThatEnds() throws Exception {
    cluster.prepare("heir");
    String prompt = "word ".repeat(40);
    InferenceRequest before = cluster.request("heir", prompt, 5);
    InferenceRequest request = cluster.request("heir", prompt, 20);
    try (var member = cluster.member("heir")) {
      cluster.submit(request);
      cluster.tokens().awaitUntil(() -> !member.poll(Duration.ofMillis(100)).isEmpty());
      FirstTokens.of(request, 7)
          .forEach(event -> cluster.write(new TokenRecord(request.id(), 1, 99, event)));
      try (var worker = cluster.worker("w-heir", capability("heir"))) {
        cluster.submit(before);
        assertEquals(new TokenUsage(40, 5, 0), billed(before));
        member.close();
        assertEquals(new TokenUsage(40, 20, 32), billed(request));
        assertInstanceOf(Finished.class, cluster.tokens().answer(request).terminal());
      }
    }
  }

  /** What the ledger has, which is what the terminal event says. */
  private static TokenUsage billed(InferenceRequest request) {
    Answer answer = cluster.tokens().answer(request);
    var progress = new FencedStream();
    cluster.tokens().all(request).forEach(progress::apply);
    assertEquals(answer.terminal().usage(), progress.usage(answer.terminal().usage()));
    return answer.terminal().usage();
  }
}
