package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.worker.TestRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slots go to the tenant that has the fewest. */
final class TenantFairnessTest {

  private static final Map<String, String> TEN_A_SECOND = Map.of("token-rate", "10");
  private static final long STEP = 100_000_000L;

  private long number;

  private InferenceRequest submit(TestScheduler test, String tenant, int tokens) {
    InferenceRequest request = TestRequests.of(new TenantId(tenant), ++number, "Once", tokens);
    test.submit(request);
    return request;
  }

  @Test
  void aTenantWithoutASlotGetsTheNextOneThatIsFree() {
    var test = new TestScheduler(2, TEN_A_SECOND);
    List<InferenceRequest> many =
        IntStream.range(0, 8).mapToObj(_ -> submit(test, "many", 10)).toList();
    test.step();
    InferenceRequest one = submit(test, "one", 3);
    while (test.of(one).isEmpty()) {
      test.step();
      test.nanos += STEP;
    }
    long begun = many.stream().filter(request -> !test.of(request).isEmpty()).count();
    assertTrue(begun <= 3, "of the others that began: " + begun);
    assertFalse(test.of(many.get(2)).isEmpty(), "the second slot is for the others, in order");
    test.finish();
    many.forEach(request -> assertTrue(test.of(request).getLast() instanceof Finished));
  }

  /** Whoever waits has at most one slot less than each other tenant, once a slot was free. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nobodyWaitsBesideATenantWithManySlots(long seed) {
    var test = new TestScheduler(6, TEN_A_SECOND);
    var random = new Random(seed);
    List<List<InferenceRequest>> requests = new ArrayList<>();
    for (String tenant : List.of("a", "b", "c")) {
      requests.add(
          IntStream.range(0, 30)
              .mapToObj(_ -> submit(test, tenant, 1 + random.nextInt(9)))
              .toList());
    }
    int full = 0;
    for (int i = 0; i == 0 || (i < 2_000 && test.scheduler.load() > 0); i++) {
      test.step();
      test.nanos += STEP;
      List<Long> running = requests.stream().map(all -> running(test, all)).toList();
      boolean allWait = requests.stream().allMatch(all -> waits(test, all));
      if (allWait && running.stream().mapToLong(count -> count).sum() == 6) {
        full++;
        assertEquals(List.of(2L, 2L, 2L), running);
      }
    }
    assertTrue(full > 10, "steps with full slots: " + full);
    requests.forEach(
        all -> all.forEach(one -> assertTrue(test.of(one).getLast() instanceof Finished)));
  }

  private static long running(TestScheduler test, List<InferenceRequest> requests) {
    return requests.stream()
        .filter(request -> !test.of(request).isEmpty())
        .filter(request -> !(test.of(request).getLast() instanceof Finished))
        .count();
  }

  private static boolean waits(TestScheduler test, List<InferenceRequest> requests) {
    return requests.stream().anyMatch(request -> test.of(request).isEmpty());
  }
}
