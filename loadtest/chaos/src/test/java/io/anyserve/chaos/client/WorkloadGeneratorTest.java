package io.anyserve.chaos.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WorkloadGeneratorTest {

  private static final WorkloadGenerator PLAN =
      new WorkloadGenerator(1, Integer.MAX_VALUE, true, 2);

  @Test
  void aRequestIsTheSameInEveryRun() {
    assertEquals(asks(PLAN), asks(new WorkloadGenerator(1, Integer.MAX_VALUE, true, 2)));
    assertNotEquals(asks(PLAN), asks(new WorkloadGenerator(2, Integer.MAX_VALUE, true, 2)));
  }

  @Test
  void everySortOfRequestComes() {
    comes(ask -> ask.way() == TestRequest.Submission.INTAKE);
    comes(ask -> ask.way() == TestRequest.Submission.WHOLE);
    comes(ask -> ask.way() == TestRequest.Submission.STREAM);
    comes(ask -> ask.way() == TestRequest.Submission.EVENTS);
    comes(ask -> ask.way() == TestRequest.Submission.CHAT);
    comes(TestRequest::twice);
    comes(ask -> ask.leave() == TestRequest.Leave.CANCELS);
    comes(ask -> ask.leave() == TestRequest.Leave.HANGS_UP);
    comes(ask -> !ask.content().stop().isEmpty());
    comes(ask -> ask.content().prompt().length() > 64 << 10);
    comes(ask -> ask.ingress() == 1);
  }

  @Test
  void lengthsAreModest() {
    assertTrue(
        asks(PLAN).stream()
            .mapToInt(ask -> ask.content().maxTokens())
            .allMatch(length -> length >= 4 && length < 14));
  }

  @Test
  void contentsRepeatAfterTheVariety() {
    WorkloadGenerator few = new WorkloadGenerator(1, 5, false, 2);

    assertEquals(few.at(2).content(), few.at(12).content());
    assertNotEquals(few.at(2).content(), few.at(3).content());
  }

  private static void comes(Predicate<TestRequest> sort) {
    long count = asks(PLAN).stream().filter(sort).count();
    assertTrue(count > 0 && count < 1000, count + " of 1000");
  }

  private static List<TestRequest> asks(WorkloadGenerator plan) {
    return IntStream.range(0, 1000).mapToObj(plan::at).toList();
  }
}
