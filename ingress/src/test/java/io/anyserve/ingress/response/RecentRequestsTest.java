package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What callers were told is remembered for a while, and of so many requests at most. */
final class RecentRequestsTest {

  private static final RecentRequest ACCEPTED =
      RecentRequest.accepted(SampleRequests.ACME, new SessionId("s"));
  private static final long KEPT = RecentRequests.KEPT.toNanos();

  private final RecentRequests recent = new RecentRequests();

  @Test
  void theOldestIsForgottenFirst() {
    for (int i = 0; i < RecentRequests.MOST; i++) {
      put(i, 0);
    }
    put(0, 0);
    put(RecentRequests.MOST, 0);
    assertTrue(recent.find(id(0), 0).isPresent());
    assertEquals(Optional.empty(), recent.find(id(1), 0));
    assertTrue(recent.find(id(2), 0).isPresent());
  }

  @Test
  void whatIsOldIsForgotten() {
    put(1, 0);
    put(2, 5);
    assertTrue(recent.find(id(1), KEPT - 1).isPresent());
    assertEquals(Optional.empty(), recent.find(id(1), KEPT));
    put(3, KEPT);
    assertTrue(recent.find(id(2), KEPT).isPresent());
  }

  @Test
  void theLatestComeFirst() {
    put(1, 0);
    put(2, 5);
    put(3, 6);
    put(1, 7);
    List<TenantActivity.Recent> latest = recent.latest(SampleRequests.ACME, 2, 10);
    assertEquals(
        List.of(id(1), id(3)), latest.stream().map(TenantActivity.Recent::request).toList());
    assertEquals(Duration.ofNanos(3), latest.getFirst().age());
    assertEquals(List.of(), recent.latest(new TenantId("other"), 2, 10));
    assertEquals(1, recent.latest(SampleRequests.ACME, 5, KEPT + 6).size());
  }

  @Test
  void anotherTenantLearnsNothing() {
    var requests = new SampleRequests(Duration.ZERO);
    var sink = new RecordingSink();
    requests.accepted(sink);
    requests.live(0, 1, Events.started());
    requests.live(1, 1, Events.cancelled(CancelReason.EXPLICIT));
    assertTrue(requests.streams.recent(SampleRequests.ID, SampleRequests.ACME).isPresent());
    assertEquals(
        Optional.empty(), requests.streams.recent(SampleRequests.ID, new TenantId("other")));
  }

  private void put(int number, long now) {
    recent.put(id(number), ACCEPTED, UnaryOperator.identity(), now);
  }

  private static RequestId id(int number) {
    return new RequestId(1, number);
  }
}
