package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.worker.TokenReader.Answer;
import io.anyserve.worker.engine.EngineConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class WorkerFaultsIT {

  private static final Map<String, String> SLOW = Map.of("token-rate", "20");

  private static TestCluster cluster;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    cluster = TestCluster.start(directory);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void whatIsNoRequestBecomesADeadLetterAndNothingGetsStuck() throws Exception {
    var capability = new Capability("garbage");
    cluster.prepare("garbage");
    cluster.submit(
        capability, Priority.INTERACTIVE, "no protobuf".getBytes(StandardCharsets.UTF_8));
    cluster.submit(capability, Priority.INTERACTIVE, new byte[0]);
    cluster.submit(capability, Priority.INTERACTIVE, null);
    InferenceRequest good = cluster.request("garbage", "a good one", 5);
    cluster.submit(good);
    try (var worker =
        cluster.worker("w-garbage", CapabilityConfig.of("garbage", simulated(2, Map.of())))) {
      assertEquals(5, cluster.tokens().answer(good).tokens());
      cluster.tokens().awaitUntil(() -> letters("garbage") == 3);
    }
  }

  private static long letters(String capability) {
    String topic = TestCluster.TOPICS.requests(new Capability(capability), Priority.INTERACTIVE);
    return cluster.deadLetters().stream()
        .filter(letter -> header(letter, DeadLetter.TOPIC).equals(topic))
        .count();
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void anotherWorkerGoesOnWhereOneWasLost() throws Exception {
    cluster.prepare("lost");
    String prompt = "tell me of the lost worker";
    String whole;
    var capability = CapabilityConfig.of("lost", simulated(4, Map.of()));
    InferenceRequest request = cluster.request("lost", prompt, 20);
    InferenceRequest undisturbed = cluster.request("lost", prompt, 20);
    try (var member = cluster.member("lost")) {
      cluster.submit(request);
      take(member);
      writeSomeOf(request, undisturbed);
    }
    try (var worker = cluster.worker("w-second", capability)) {
      cluster.submit(undisturbed);
      whole = cluster.tokens().answer(undisturbed).text();
      Answer answer = cluster.tokens().answer(request);
      assertEquals(whole, answer.text());
      assertEquals(20, answer.tokens());
      assertEquals(2, startedBy(answer));
      var finished = assertInstanceOf(Finished.class, answer.terminal());
      assertEquals(new TokenUsage(6, 20, 0), finished.usage());
    }
    assertEquals(1, terminals(request));
  }

  @Test
  void whatAWorkerHadNotBegunComesToAnother() throws Exception {
    cluster.prepare("unbegun");
    InferenceRequest request = cluster.request("unbegun", "nobody began this", 5);
    try (var member = cluster.member("unbegun")) {
      cluster.submit(request);
      take(member);
    }
    var capability = CapabilityConfig.of("unbegun", simulated(2, Map.of()));
    try (var worker = cluster.worker("w-unbegun", capability)) {
      assertEquals(5, cluster.tokens().answer(request).tokens());
      assertEquals(2, cluster.tokens().all(request).getLast().attempt());
    }
  }

  @Test
  void aWorkerThatStopsHandsOverWhatWaitsInItsQueueToo() throws Exception {
    var impatient = new DeliveryConfig(3, Duration.ZERO);
    var slow = CapabilityConfig.of("queue", simulated(2, Map.of("prefill-ms", "600000")));
    List<InferenceRequest> requests =
        List.of(
            cluster.batchRequest("queue", "waits", 5),
            cluster.request("queue", "runs", 5),
            cluster.request("queue", "runs too", 5));
    var meters = new SimpleMeterRegistry();
    try (var first = cluster.worker(TestCluster.settings("w-queue-1", impatient, slow), meters)) {
      for (InferenceRequest request : requests) {
        cluster.submit(request);
        cluster.tokens().awaitUntil(() -> startedBy(cluster.tokens().counting(request)) == 1);
      }
    }
    assertEquals(3, settled(meters, "handed_over"));
    assertEquals(0, meters.get("anyserve.worker.in.flight").gauge().value());
    try (var second =
        cluster.worker("w-queue-2", CapabilityConfig.of("queue", simulated(2, Map.of())))) {
      for (InferenceRequest request : requests) {
        assertEquals(5, cluster.tokens().answer(request).tokens());
        assertEquals(1, terminals(request));
      }
    }
  }

  /** What a first worker would have written of the answer. */
  private static void writeSomeOf(InferenceRequest request, InferenceRequest same) {
    FirstTokens.of(same, 7).forEach(event -> writeAsFirst(request, event));
  }

  private static long startedBy(Answer answer) {
    return startedBy(answer.events());
  }

  private static long startedBy(List<TokenEvent> events) {
    return events.stream().filter(Started.class::isInstance).count();
  }

  private static long terminals(InferenceRequest request) {
    return cluster.tokens().counting(request).stream().filter(Terminal.class::isInstance).count();
  }

  @Test
  void aHungWorkerIsFencedOff() throws Exception {
    cluster.prepare("hung");
    InferenceRequest request = cluster.request("hung", "the worker hangs", 20);
    List<TokenEvent> whole = FirstTokens.whole(request);
    try (var member = cluster.member("hung")) {
      cluster.submit(request);
      take(member);
      whole.subList(0, 5).forEach(event -> writeAsFirst(request, event));
      var capability = CapabilityConfig.of("hung", simulated(4, SLOW));
      try (var worker = cluster.worker("w-next", capability)) {
        cluster.tokens().awaitUntil(() -> startedBy(cluster.tokens().counting(request)) == 2);
        whole.subList(5, whole.size()).forEach(event -> writeAsFirst(request, event));
        Answer answer = cluster.tokens().answer(request);
        assertEquals(FirstTokens.text(request), answer.text());
        assertEquals(20, answer.tokens());
      }
    }
    assertEquals(
        2,
        cluster.tokens().all(request).stream()
            .filter(record -> record.event() instanceof Terminal)
            .count());
    assertEquals(1, terminals(request));
  }

  private static void writeAsFirst(InferenceRequest request, TokenEvent event) {
    cluster.write(new TokenRecord(request.id(), 1, 99, event));
  }

  @Test
  void whatEndedAlreadyIsNotAnsweredAgain() throws Exception {
    cluster.prepare("ended");
    InferenceRequest request = cluster.request("ended", "already over", 3);
    try (var member = cluster.member("ended")) {
      cluster.submit(request);
      take(member);
      FirstTokens.whole(request)
          .forEach(event -> cluster.write(new TokenRecord(request.id(), 1, 99, event)));
    }
    var meters = new SimpleMeterRegistry();
    var settings =
        TestCluster.settings(
            "w-ended", TestCluster.DELIVERY, CapabilityConfig.of("ended", simulated(2, Map.of())));
    try (var worker = cluster.worker(settings, meters)) {
      cluster.tokens().awaitUntil(() -> settled(meters, "superseded") == 1);
    }
    assertEquals(5, cluster.tokens().answer(request).events().size());
    assertEquals(1, terminals(request));
  }

  private static double settled(SimpleMeterRegistry meters, String how) {
    var counter = meters.find("anyserve.worker.settled").tag("outcome", how).counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void aRequestThatKillsItsWorkersIsGivenUpAfterExactlyTheBound() throws Exception {
    cluster.prepare("poison");
    InferenceRequest request = cluster.request("poison", "a poisonous prompt", 3);
    Started begun = (Started) FirstTokens.whole(request).getFirst();
    cluster.submit(request);
    try (var member = cluster.member("poison")) {
      for (int i = 1; i <= TestCluster.DELIVERY.attempts(); i++) {
        ConsumerRecord<byte[], byte[]> record = take(member);
        cluster.write(new TokenRecord(request.id(), i, 1000 + i, begun));
        member.acknowledge(record, AcknowledgeType.RELEASE);
        member.commitSync();
      }
    }
    try (var worker =
        cluster.worker("w-poison", CapabilityConfig.of("poison", simulated(2, Map.of())))) {
      Answer answer = cluster.tokens().answer(request);
      var failed = assertInstanceOf(Failed.class, answer.terminal());
      assertEquals(FailureCode.ATTEMPTS_EXHAUSTED, failed.failure().code());
      assertEquals(new TokenUsage(begun.promptTokens(), 0, 0), failed.usage());
      assertEquals(TestCluster.DELIVERY.attempts() + 1, startedBy(answer));
      assertEquals(1, letters("poison"));
      assertEquals(1, terminals(request));
    }
  }

  @Test
  void howOftenARequestIsHandedOutDoesNotEndIt() throws Exception {
    cluster.prepare("often");
    InferenceRequest request = cluster.request("often", "handed out often", 5);
    cluster.submit(request);
    try (var member = cluster.member("often")) {
      for (int i = 0; i < 8; i++) {
        member.acknowledge(take(member), AcknowledgeType.RELEASE);
        member.commitSync();
      }
    }
    var meters = new SimpleMeterRegistry();
    var settings =
        TestCluster.settings(
            "w-often", TestCluster.DELIVERY, CapabilityConfig.of("often", simulated(2, Map.of())));
    try (var worker = cluster.worker(settings, meters)) {
      Answer answer = cluster.tokens().answer(request);
      assertInstanceOf(Finished.class, answer.terminal());
      assertEquals(5, answer.tokens());
      assertEquals(1.0, settled(meters, "requeued"));
      assertEquals(10, cluster.tokens().all(request).getLast().attempt());
    }
    assertEquals(0, letters("often"));
  }

  @Test
  void aRequestThatIsHandedOverMoreOftenThanItMayFailFinishes() throws Exception {
    cluster.prepare("handed");
    var hasty = new DeliveryConfig(2, Duration.ZERO);
    var slow = CapabilityConfig.of("handed", simulated(2, Map.of("prefill-ms", "60000")));
    InferenceRequest request = cluster.request("handed", "hand this over", 5);
    cluster.submit(request);
    for (int i = 1; i <= 4; i++) {
      int begun = i;
      var settings = TestCluster.settings("w-handed-" + i, hasty, slow);
      try (var worker = cluster.worker(settings, new SimpleMeterRegistry())) {
        cluster.tokens().awaitUntil(() -> startedBy(cluster.tokens().counting(request)) == begun);
      }
    }
    try (var worker =
        cluster.worker(
            TestCluster.settings(
                "w-handed", hasty, CapabilityConfig.of("handed", simulated(2, Map.of()))),
            new SimpleMeterRegistry())) {
      Answer answer = cluster.tokens().answer(request);
      assertInstanceOf(Finished.class, answer.terminal());
      assertEquals(5, startedBy(answer));
    }
  }

  @Test
  void aGenerationLongerThanALockStaysWithItsWorker() throws Exception {
    var capability = CapabilityConfig.of("long", simulated(2, SLOW));
    try (var first = cluster.worker("w-long-1", capability);
        var second = cluster.worker("w-long-2", capability)) {
      InferenceRequest request = cluster.request("long", "a long story", 120);
      cluster.submit(request);
      Answer answer = cluster.tokens().answer(request);
      assertEquals(120, answer.tokens());
      assertEquals(1, startedBy(answer));
      assertTrue(cluster.tokens().all(request).stream().allMatch(one -> one.attempt() == 1));
    }
  }

  @Test
  void aStoppingWorkerHandsOver() throws Exception {
    var impatient = new DeliveryConfig(3, Duration.ofMillis(100));
    var slow = CapabilityConfig.of("drain", simulated(2, SLOW));
    InferenceRequest request = cluster.request("drain", "hand this over", 200);
    InferenceRequest same = cluster.request("drain", "hand this over", 200);
    var settings = TestCluster.settings("w-drain-1", impatient, slow);
    try (var first = cluster.worker(settings, new SimpleMeterRegistry())) {
      cluster.submit(request);
      cluster.tokens().await(request, 5);
    }
    var fast = CapabilityConfig.of("drain", simulated(2, Map.of()));
    try (var second = cluster.worker("w-drain-2", fast)) {
      cluster.submit(same);
      Answer answer = cluster.tokens().answer(request);
      assertEquals(2, startedBy(answer));
      assertEquals(cluster.tokens().answer(same).text(), answer.text());
      assertEquals(1, terminals(request));
      assertEquals(
          List.of(false, true),
          cluster.tokens().all(request).stream()
              .map(TokenRecord::event)
              .filter(TokenEvent.Released.class::isInstance)
              .map(event -> ((TokenEvent.Released) event).republished())
              .toList());
    }
  }

  @Test
  void aDrainedWorkerEndsWhatItHas() throws Exception {
    var capability = CapabilityConfig.of("drained", simulated(2, SLOW));
    InferenceRequest request = cluster.request("drained", "end this", 20);
    try (var worker = cluster.worker("w-drained", capability)) {
      cluster.submit(request);
      cluster.tokens().await(request, 3);
      cluster.command(new ControlCommand.Drain(new WorkerId("w-drained")));
      assertInstanceOf(Finished.class, cluster.tokens().answer(request).terminal());
      assertEquals(1, startedBy(cluster.tokens().answer(request)));
    }
  }

  @Test
  void aCancelStopsWhatRunsAndWhatWaits() throws Exception {
    var capability = CapabilityConfig.of("cancel", simulated(1, SLOW));
    InferenceRequest runs = cluster.request("cancel", "runs for long", 400);
    InferenceRequest waits = cluster.request("cancel", "waits", 5);
    try (var worker = cluster.worker("w-cancel", capability)) {
      cluster.submit(runs);
      cluster.tokens().await(runs, 4);
      cluster.command(new ControlCommand.Cancel(waits.id(), CancelReason.CLIENT_GONE));
      cluster.submit(waits);
      cluster.command(new ControlCommand.Cancel(runs.id(), CancelReason.EXPLICIT));

      Answer answer = cluster.tokens().answer(runs);
      var cancelled = assertInstanceOf(Cancelled.class, answer.terminal());
      assertEquals(CancelReason.EXPLICIT, cancelled.reason());
      assertEquals(answer.tokens(), cancelled.usage().completion());
      var never = assertInstanceOf(Cancelled.class, cluster.tokens().answer(waits).terminal());
      assertEquals(CancelReason.CLIENT_GONE, never.reason());
      assertEquals(0, cluster.tokens().answer(waits).tokens());
    }
  }

  @Test
  void expiredWorkIsNotBegunAndLateWorkIsStopped() throws Exception {
    var capability = CapabilityConfig.of("late", simulated(2, SLOW));
    try (var worker = cluster.worker("w-late", capability)) {
      InferenceRequest expired =
          cluster.request("late", "too late", 5, Instant.now().minusSeconds(1));
      cluster.submit(expired);
      Answer never = cluster.tokens().answer(expired);
      assertEquals(0, never.tokens());
      var unbegun = assertInstanceOf(Cancelled.class, never.terminal());
      assertEquals(CancelReason.DEADLINE, unbegun.reason());
      assertEquals(TokenUsage.NONE, unbegun.usage());
      InferenceRequest late =
          cluster.request("late", "not in time", 400, Instant.now().plusSeconds(5));
      cluster.submit(late);
      Answer cut = cluster.tokens().answer(late);
      var cancelled = assertInstanceOf(Cancelled.class, cut.terminal());
      assertEquals(CancelReason.DEADLINE, cancelled.reason());
      assertTrue(cut.tokens() > 0);
    }
  }

  private static EngineConfig simulated(int slots, Map<String, String> options) {
    return TestCluster.simulated(slots, options);
  }

  private static ConsumerRecord<byte[], byte[]> take(ShareConsumer<byte[], byte[]> member) {
    while (true) {
      for (var record : member.poll(Duration.ofMillis(200))) {
        RequestCodec.decode(record.value());
        return record;
      }
    }
  }
}
