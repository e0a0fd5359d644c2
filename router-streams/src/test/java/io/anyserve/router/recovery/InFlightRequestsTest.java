package io.anyserve.router.recovery;

import static io.anyserve.router.Samples.chunk;
import static io.anyserve.router.Samples.context;
import static io.anyserve.router.Samples.finished;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.recovery.TrackedRequest.Ended;
import io.anyserve.router.recovery.TrackedRequest.Running;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Stretches of a log and what they say of requests. */
final class InFlightRequestsTest {

  private final InFlightRequests inFlight = new InFlightRequests();
  private long offset;

  @Test
  void aRequestRunsFromItsStartToItsEnd() {
    apply(started(id(1), 1, 11, "w1", false), chunk(id(1), 1, 11, 0));
    assertEquals(1, inFlight.running());
    assertEquals("w1", running(1).started().worker().value());
    apply(finished(id(1), 1, 11, "a"));
    assertEquals(0, inFlight.running());
    Ended ended = assertInstanceOf(Ended.class, inFlight.find(id(1)).orElseThrow());
    assertEquals(Outcome.FINISHED, ended.outcome());
    assertEquals(new TokenUsage(3, 1, 0), ended.usage());
  }

  @Test
  void theAttemptThatCountsIsShownWithItsFirstTime() {
    apply(started(id(1), 1, 11, "w1", false), started(id(1), 2, 12, "w2", false));
    apply(started(id(1), 1, 13, "zombie", false), finished(id(1), 1, 11, "zombie"));
    assertEquals("w2", running(1).started().worker().value());
    assertEquals(0, running(1).firstAt());
    assertEquals(1, running(1).at());
    assertEquals(OptionalLong.of(0), inFlight.oldestOffset());
  }

  @Test
  void onlyWhatComesAfterTheStartThatCountsContestsIt() {
    TokenRecord first = started(id(1), 1, 11, "w1", false);
    inFlight.apply(first, 0, 100, 1_000);
    inFlight.apply(started(id(1), 2, 12, "w2", false), 1, 200, 1_001);
    inFlight.apply(first, 0, 100, 1_002);
    assertEquals(0, running(1).contestedAt(), "read again, as after a restart");
    inFlight.apply(finished(id(1), 1, 11, "void"), 2, 300, 1_003);
    assertEquals(1_003, running(1).contestedAt());
  }

  @Test
  void aRefusalIsAnEndWithoutAWorker() {
    var refused =
        new Failed(
            new Failure(FailureCode.NO_WORKER, "no"),
            TokenUsage.NONE,
            Optional.of(context("story", false)));
    apply(TokenRecord.unassigned(id(1), refused));
    Ended ended = assertInstanceOf(Ended.class, inFlight.find(id(1)).orElseThrow());
    assertEquals(Optional.empty(), ended.last());
    assertEquals(Optional.of(refused.failure()), ended.failure());
  }

  @Test
  void theSameStretchAgainChangesNothing() {
    List<TokenRecord> stretch = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      int attempt = 1 + i / 40;
      stretch.add(started(id(i % 40), attempt, attempt, "w" + attempt, false));
      int ending = 1 + random.nextInt(attempt + 1);
      if (ending <= attempt) {
        stretch.add(finished(id(i % 40), ending, ending, "a"));
      }
    }
    stretch.forEach(this::apply);
    List<Optional<String>> before = states();
    stretch.forEach(this::apply);
    assertEquals(before, states());
  }

  @Test
  void onlyTheLatestEndsAreRemembered() {
    for (int i = 0; i < InFlightRequests.ENDED_REMEMBERED + 10; i++) {
      apply(started(id(i), 1, 11, "w1", false), finished(id(i), 1, 11, "a"));
    }
    assertEquals(Optional.empty(), inFlight.find(id(9)));
    assertInstanceOf(Ended.class, inFlight.find(id(10)).orElseThrow());
    assertEquals(0, inFlight.running());
  }

  @Test
  void whatRunsTooLongIsForgotten() {
    apply(started(id(1), 1, 11, "w1", false), started(id(2), 1, 12, "w1", false));
    inFlight.purge(1);
    assertEquals(Optional.empty(), inFlight.find(id(1)));
    assertEquals(1, inFlight.running());
  }

  private Running running(int number) {
    return assertInstanceOf(Running.class, inFlight.find(id(number)).orElseThrow());
  }

  private List<Optional<String>> states() {
    return java.util.stream.IntStream.range(0, 40)
        .mapToObj(i -> inFlight.find(id(i)).map(InFlightRequestsTest::state))
        .toList();
  }

  private static String state(TrackedRequest known) {
    return switch (known) {
      case Running running -> "running " + running.record().attempt();
      case Ended ended -> "ended " + ended.last().map(last -> last.record().attempt());
    };
  }

  private void apply(TokenRecord... records) {
    for (TokenRecord record : records) {
      inFlight.apply(record, offset, offset, offset);
      offset++;
    }
  }
}
