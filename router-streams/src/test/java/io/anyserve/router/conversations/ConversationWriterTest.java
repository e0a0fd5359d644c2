package io.anyserve.router.conversations;

import static io.anyserve.router.conversations.ConversationRun.CHAT;
import static io.anyserve.router.conversations.ConversationRun.NOW;
import static io.anyserve.router.conversations.ConversationRun.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.FailureException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ConversationWriterTest {

  private final ConversationRun run = new ConversationRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void thePartitionIsTakenOverOnceBeforeTheFirstEdit() {
    run.append("q1", "", "user", "Why?");
    run.append("a1", "q1", "assistant", "Because.");
    assertEquals(1, run.log.opened);
    assertEquals(3, run.log.batches);
  }

  @Test
  void afterAFailureThePartitionIsTakenOverAgain() {
    run.append("q1", "", "user", "Why?");
    run.log.fails = true;
    assertEquals("BROKER_UNAVAILABLE: not written", refusal("a1", "q1"));
    assertEquals(List.of("q1"), run.path());
    run.log.fails = false;
    run.append("a1", "q1", "assistant", "Because.");
    assertEquals(2, run.log.opened);
    assertEquals(List.of("q1", "a1"), run.path());
  }

  /** An edit that was judged by an old state would take back what others wrote. */
  @Test
  void aStoreThatLagsIsNoBasisForAnEdit() {
    run.append("q1", "", "user", "Why?");
    run.log.lags = true;
    String lagging =
        "STORE_UNAVAILABLE: conversations: the store has not caught up with the log within PT0.001S";
    assertEquals(lagging, refusal("a1", "q1"));
    assertEquals(lagging, refusal("a1", "q1"));
    assertEquals(2, run.log.opened);
  }

  /** What is restored may lack what was written last. */
  @Test
  void aStoreThatBeginsAnewIsReadOnceItHasCaughtUp() {
    run.append("q1", "", "user", "Why?");
    run.writer.catchUp();
    assertEquals(1, run.log.opened);
    run.applied.restart(0);
    run.log.lags = true;
    assertEquals(
        "STORE_UNAVAILABLE",
        assertThrows(FailureException.class, run.writer::catchUp).failure().code().name());
    run.log.lags = false;
    run.writer.catchUp();
    run.writer.catchUp();
    assertEquals(3, run.log.opened);
    run.append("a1", "q1", "assistant", "Because.");
    assertEquals(3, run.log.opened);
  }

  @Test
  void aStoreThatIsElsewhereIsUnavailable() {
    var writer =
        new ConversationWriter(
            0,
            () -> {
              throw new InvalidStateStoreException("moved");
            },
            run.log,
            run.applied,
            Duration.ofMillis(1));
    var edit = new ConversationEdit.Delete(CHAT);
    assertEquals(
        "STORE_UNAVAILABLE: conversations: the store moves to another router or is restored",
        assertThrows(FailureException.class, () -> writer.edit(edit)).failure().toString());
    assertEquals(0, run.log.opened, "nobody is fenced by a router that has no store");
  }

  @Test
  void aRefusalHasNoEffectOnOtherEditsOfItsBatch() throws Exception {
    run.append("q1", "", "user", "Why?");
    var first = new CountDownLatch(1);
    var results = new ArrayList<CompletableFuture<String>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        String name = "m" + i;
        String parent = i % 2 == 0 ? "q1" : "missing";
        results.add(
            CompletableFuture.supplyAsync(
                () -> {
                  await(first);
                  try {
                    run.append(CHAT, message(name, parent, "user", name, NOW));
                    return "done";
                  } catch (FailureException e) {
                    return e.failure().code().name();
                  }
                },
                threads));
      }
      first.countDown();
    }
    for (int i = 0; i < 100; i++) {
      assertEquals(i % 2 == 0 ? "done" : "INVALID_REQUEST", results.get(i).get());
    }
    assertEquals(51, run.tree().size());
    assertEquals(51, run.append("last", "q1", "user", "last").messages() - 1);
  }

  @Test
  void waitingForTheStoreEndsInTime() throws Exception {
    var applied = new AppliedOffsets();
    assertEquals(false, applied.await(3, 0, Duration.ofMillis(1)));
    applied.advance(3, 7);
    assertEquals(true, applied.await(3, 7, Duration.ZERO));
    assertEquals(false, applied.await(3, 8, Duration.ZERO));
    assertEquals(false, applied.await(4, 0, Duration.ZERO));
    applied.restart(3);
    assertEquals(false, applied.await(3, 0, Duration.ZERO));
  }

  @Test
  void whoeverWaitsIsWokenByTheRecord() throws Exception {
    var applied = new AppliedOffsets();
    var waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return applied.await(0, 5, Duration.ofMinutes(1));
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    applied.advance(0, 4);
    applied.advance(0, 5);
    assertEquals(true, waiting.get(30, TimeUnit.SECONDS));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String refusal(String message, String parent) {
    return assertThrows(
            FailureException.class, () -> run.append(message, parent, "assistant", "Because."))
        .failure()
        .toString();
  }
}
