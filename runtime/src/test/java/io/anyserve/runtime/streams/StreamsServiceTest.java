package io.anyserve.runtime.streams;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.runtime.Health;
import io.anyserve.runtime.streams.StreamsService.FirstStart;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class StreamsServiceTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private final Scripted application = new Scripted();
  private StreamsService service = service(FirstStart.MUST_SUCCEED);

  @AfterEach
  void close() {
    application.made.forEach(client -> client.endless(false));
    service.close();
    application.made.forEach(FakeStreams::dispose);
  }

  @Test
  void isDownWithTheReasonUntilItRuns() throws Exception {
    assertDown("not started");
    service.start();
    assertDown("REBALANCING: waits for partitions or restores stores");
    assertEquals(Optional.empty(), service.running());
    client(0).moveTo(State.RUNNING);
    assertEquals(Health.UP, service.health());
    assertEquals(Optional.of(client(0)), service.running());
    client(0).moveTo(State.PENDING_ERROR);
    assertDown("PENDING_ERROR");
    client(0).moveTo(State.NOT_RUNNING);
    assertDown("NOT_RUNNING");
    service.close();
    assertDown("closed");
  }

  @Test
  void aThreadThatDiedIsSeenAtOnceAndANewClientStarts() throws Exception {
    service.start();
    client(0).moveTo(State.RUNNING);
    assertEquals(
        StreamThreadExceptionResponse.SHUTDOWN_CLIENT,
        client(0).die(new IllegalStateException("lost")));
    assertDown("RUNNING, starts again: java.lang.IllegalStateException: lost");
    client(0).die(new IllegalStateException("lost too"));
    client(0).moveTo(State.ERROR);
    assertDown("ERROR, starts again: java.lang.IllegalStateException: lost");

    await().atMost(PATIENCE).until(() -> started(1));
    assertEquals(List.of("start", "close LEAVE_GROUP"), client(0).calls());
    assertDown(
        "REBALANCING: waits for partitions or restores stores,"
            + " after java.lang.IllegalStateException: lost too");
    client(1).moveTo(State.RUNNING);
    assertEquals(Health.UP, service.health());
    assertNoOtherStarts(2);
    client(1).moveTo(State.REBALANCING);
    assertDown("REBALANCING: waits for partitions or restores stores");
    client(1).die(new IllegalStateException("third"));
    await().atMost(PATIENCE).until(() -> started(2));
  }

  @Test
  void aClientInErrorThatReportedNoFailureStartsAgain() throws Exception {
    service.start();
    client(0).moveTo(State.ERROR);
    assertDown("ERROR, starts again: all its threads died");
    await().atMost(PATIENCE).until(() -> started(1));
  }

  @Test
  void storesThatCannotBeReadAreDiscardedOnce() throws Exception {
    service.start();
    assertEquals(List.of("start"), client(0).calls());
    client(0).die(new StreamsException(new ProcessorStateException("damaged")));
    await().atMost(PATIENCE).until(() -> started(1));
    assertEquals(List.of("cleanUp", "start"), client(1).calls());
    client(1).die(new IllegalStateException("lost"));
    await().atMost(PATIENCE).until(() -> started(2));
    assertEquals(List.of("start"), client(2).calls());
  }

  @Test
  void whatPreparingWantsDiscardedIsSoThoughTheNextStepFails() throws Exception {
    service = service(FirstStart.IS_RETRIED);
    application.discard = true;
    application.failures.add(new KafkaException("no client"));
    service.start();
    await().atMost(PATIENCE).until(() -> started(0));
    assertEquals(List.of("cleanUp", "start"), client(0).calls());
  }

  @Test
  void aFirstStartThatMustSucceedThrowsAndIsNotRetried() {
    application.failures.add(new KafkaException("poll.ms: x"));
    var refused = assertThrows(KafkaException.class, service::start);
    assertEquals("poll.ms: x", refused.getMessage());
    assertDown("closed");
    assertEquals(List.of(), application.made);
  }

  @Test
  void aFirstStartThatIsRetriedSaysWhatIsMissing() throws Exception {
    service = service(FirstStart.IS_RETRIED);
    application.unprepared = new KafkaException("topics missing: a");
    service.start();
    await().atMost(PATIENCE).until(() -> service.health().equals(down("topics missing: a")));
    application.unprepared = null;
    await().atMost(PATIENCE).until(() -> started(0));
  }

  /** Before, such a restart ended the thread that restarts, and nothing ran ever after. */
  @Test
  void aRestartThatFailsIsTriedAgain() throws Exception {
    service.start();
    application.failures.add(new KafkaException("no resolvable bootstrap urls"));
    client(0).die(new IllegalStateException("lost"));
    await()
        .atMost(PATIENCE)
        .until(() -> service.health().equals(down("no resolvable bootstrap urls")));
    await().atMost(PATIENCE).until(() -> started(1));
  }

  @Test
  void aStartThatThrowsAndEndsInErrorHasOneSuccessor() throws Exception {
    service = service(FirstStart.IS_RETRIED);
    application.broken = new StreamsException("global table");
    service.start();
    await().atMost(PATIENCE).until(() -> started(1));
    assertNoOtherStarts(2);
    assertEquals(List.of("start", "close LEAVE_GROUP"), client(0).calls());
  }

  @Test
  void noClientStartsBesideOneThatDoesNotEnd() throws Exception {
    service.start();
    client(0).endless(true);
    client(0).moveTo(State.PENDING_ERROR);
    client(0).die(new IllegalStateException("lost"));
    await().atMost(PATIENCE).until(() -> client(0).calls().size() == 3);
    assertEquals(1, application.made.size());
    assertDown("PENDING_ERROR, starts again: java.lang.IllegalStateException: lost");
    client(0).endless(false);
    await().atMost(PATIENCE).until(() -> started(1));
  }

  @Test
  void closingKeepsOrLeavesTheGroupAsThePolicySays() throws Exception {
    service.start();
    service.close();
    assertEquals(List.of("start", "close REMAIN_IN_GROUP"), client(0).calls());
    service = service(FirstStart.IS_RETRIED);
    service.start();
    await().atMost(PATIENCE).until(() -> started(1));
    service.close();
    assertEquals(List.of("start", "close LEAVE_GROUP"), client(1).calls());
  }

  @Test
  void closingEndsThePreparation() throws Exception {
    service = service(FirstStart.IS_RETRIED);
    application.waits = true;
    service.start();
    application.preparing.await();
    service.close();
    application.interrupted.await();
    assertEquals(List.of(), application.made);
  }

  @Test
  void metricsAreThoseOfTheClientThatRuns() throws Exception {
    var registry = new SimpleMeterRegistry();
    service = new StreamsService(policy(FirstStart.MUST_SUCCEED), application, registry);
    service.start();
    int meters = registry.getMeters().size();
    assertEquals(true, meters > 0);
    service.close();
    assertEquals(List.of(), registry.getMeters());
  }

  private StreamsService service(FirstStart first) {
    return new StreamsService(policy(first), application, new SimpleMeterRegistry());
  }

  private static StreamsService.Policy policy(FirstStart first) {
    return new StreamsService.Policy(
        "test",
        first,
        switch (first) {
          case MUST_SUCCEED -> GroupMembershipOperation.REMAIN_IN_GROUP;
          case IS_RETRIED -> GroupMembershipOperation.LEAVE_GROUP;
        });
  }

  private FakeStreams client(int number) {
    return application.made.get(number);
  }

  private boolean started(int number) {
    return application.made.size() > number && client(number).calls().contains("start");
  }

  /** Longer than the pauses before the first starts. */
  private void assertNoOtherStarts(int clients) {
    await()
        .during(Duration.ofSeconds(3))
        .atMost(PATIENCE)
        .until(() -> application.made.size() == clients);
  }

  private void assertDown(String why) {
    assertEquals(down(why), service.health());
  }

  private static Health down(String why) {
    return new Health.Down("test", why);
  }

  /** Makes clients as the test says. */
  private final class Scripted implements StreamsApplication {

    final List<FakeStreams> made = new CopyOnWriteArrayList<>();
    final List<KafkaException> failures = new CopyOnWriteArrayList<>();
    final CountDownLatch preparing = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);
    volatile @Nullable KafkaException unprepared;
    volatile @Nullable StreamsException broken;
    volatile boolean discard;
    volatile boolean waits;

    @Override
    public boolean prepare() throws InterruptedException {
      if (waits) {
        preparing.countDown();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          interrupted.countDown();
          throw e;
        }
      }
      if (unprepared != null) {
        throw unprepared;
      }
      boolean now = discard;
      discard = false;
      return now;
    }

    @Override
    public KafkaStreams newClient() {
      if (!failures.isEmpty()) {
        throw failures.removeFirst();
      }
      FakeStreams client = new FakeStreams(directory);
      if (broken != null) {
        client.failingAtStart(broken);
        broken = null;
      }
      made.add(client);
      return client;
    }
  }
}
