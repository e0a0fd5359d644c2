package io.anyserve.worker.takeover;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.FakeOwner;
import io.anyserve.worker.takeover.TokenHistory.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class TokenHistoryReaderTest {

  private static final long EARLIER = 7;

  private final TokenTopic topic = new TokenTopic();

  private static InferenceRequest request(int number) {
    return TestRequests.interactive(number, "prompt", 9);
  }

  /** One that an earlier execution began, and that wrote as many chunks as the request's number. */
  private TokenHistoryReader.HistoryRequest begunBefore(int number) {
    InferenceRequest request = request(number);
    topic.write(request.id(), 1, EARLIER, TakeoverCoordinatorTest.started(request));
    for (int i = 0; i < number; i++) {
      topic.write(
          request.id(), 1, EARLIER, new Chunk(i, TokenIds.of(i), "t" + i, Optional.empty()));
    }
    var stream = new EventStreamWriter(request, TestRequests.SOURCE, 2, number, new FakeOwner());
    long startedAt = topic.write(request.id(), 2, number, TakeoverCoordinatorTest.started(request));
    return TokenHistoryReader.HistoryRequest.upTo(startedAt, stream, TestRequests.NOW);
  }

  @Test
  void claimsThatComeDuringAReadShareTheNextOne() throws Exception {
    List<TokenHistoryReader.HistoryRequest> claims =
        List.of(begunBefore(1), begunBefore(2), begunBefore(3), begunBefore(4));
    var reading = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    topic.beforeRead(
        () -> {
          reading.countDown();
          awaitUninterrupted(goOn);
        });
    try (var takeovers = topic.takeovers()) {
      List<FutureTask<TokenHistory>> answers = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (TokenHistoryReader.HistoryRequest claim : claims) {
        var answer = new FutureTask<>(() -> takeovers.readBack(claim));
        answers.add(answer);
        threads.add(Thread.ofPlatform().start(answer));
        reading.await();
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> threads.stream().allMatch(one -> one.getState() == Thread.State.WAITING));
      goOn.countDown();
      for (int i = 0; i < claims.size(); i++) {
        TokenHistory found = answers.get(i).get();
        assertEquals(Standing.OWN, found.standing());
        assertEquals(i + 1, found.earlier().chunks());
      }
    }
    assertEquals(2, topic.reads());
  }

  @Test
  void whoeverHasItsAnswerDoesNotReadForThoseWhoCameLater() throws Exception {
    List<TokenHistoryReader.HistoryRequest> claims =
        List.of(begunBefore(1), begunBefore(2), begunBefore(3), begunBefore(4));
    var passes = new Semaphore(0);
    topic.beforeRead(passes::acquireUninterruptibly);
    try (var takeovers = topic.takeovers()) {
      List<FutureTask<TokenHistory>> answers = new ArrayList<>();
      for (TokenHistoryReader.HistoryRequest claim : claims.subList(0, 3)) {
        answers.add(waiting(takeovers, claim));
      }
      passes.release();
      answers.getFirst().get();
      await().atMost(Duration.ofSeconds(60)).until(passes::hasQueuedThreads);
      answers.add(waiting(takeovers, claims.getLast()));
      passes.release();
      answers.get(1).get();
      answers.get(2).get();
      assertFalse(answers.getLast().isDone());
      passes.release();
      assertEquals(4, answers.getLast().get().earlier().chunks());
    }
  }

  /** Reads it back on a thread that waits for the log or for another thread. */
  private static FutureTask<TokenHistory> waiting(
      TokenHistoryReader takeovers, TokenHistoryReader.HistoryRequest claim) {
    var answer = new FutureTask<>(() -> takeovers.readBack(claim));
    Thread thread = Thread.ofPlatform().start(answer);
    await().atMost(Duration.ofSeconds(60)).until(() -> thread.getState() == Thread.State.WAITING);
    return answer;
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void untilNowSeesWhatCameAfterTheRunsOwnStarted() {
    begunBefore(1);
    InferenceRequest request = request(1);
    var stream = new EventStreamWriter(request, TestRequests.SOURCE, 2, 1, new FakeOwner());
    try (var takeovers = topic.takeovers()) {
      TokenHistoryReader.HistoryRequest before =
          TokenHistoryReader.HistoryRequest.untilNow(stream, TestRequests.NOW);
      assertEquals(Standing.OWN, takeovers.readBack(before).standing());
      topic.write(request.id(), 3, 99, TakeoverCoordinatorTest.started(request));
      TokenHistoryReader.HistoryRequest after =
          TokenHistoryReader.HistoryRequest.untilNow(stream, TestRequests.NOW);
      assertEquals(Standing.FENCED, takeovers.readBack(after).standing());
    }
  }
}
