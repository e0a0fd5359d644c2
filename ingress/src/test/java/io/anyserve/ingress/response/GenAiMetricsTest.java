package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.runtime.trace.GenAiOperation;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class GenAiMetricsTest {

  private final SampleRequests requests = new SampleRequests(Duration.ZERO);

  @Test
  void aCompleteAnswerIsMeasuredFromItsRequestsArrival() {
    requests.accepted(new RecordingSink());
    requests.live(0, 1, Events.started());
    requests.now += Duration.ofMillis(30).toNanos();
    requests.live(1, 1, Events.chunk(0));
    requests.now += Duration.ofMillis(20).toNanos();
    requests.live(2, 1, Events.chunk(1));
    requests.live(3, 1, Events.finished());

    assertEquals(50, millis(whole("")));
    assertEquals(30, millis(timer("time_to_first_token")));
    assertEquals(20, millis(timer("time_per_output_token")));
    assertEquals(3, tokens("input"));
    assertEquals(2, tokens("output"));
  }

  @Test
  void whatFailsIsMeasuredByItsError() {
    requests.accepted(new RecordingSink());
    requests.live(0, 1, Events.started());
    requests.now += Duration.ofMillis(7).toNanos();
    requests.live(1, 1, Events.failed(FailureCode.ENGINE_FAILED));

    assertEquals(7, millis(whole("engine_failed")));
    assertEquals(0, search("time_to_first_token").timers().size());
  }

  @Test
  void aCallerThatLeavesIsMeasuredOnce() {
    ResponseStream stream = requests.accepted(new RecordingSink());
    requests.live(0, 1, Events.started());
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    requests.live(1, 1, Events.cancelled(CancelReason.CLIENT_GONE));

    assertEquals(1, whole("cancelled").count());
  }

  @Test
  void modelsBeyondTheFirstHundredAreOne() {
    GenAiMetrics meters = new GenAiMetrics(requests.meters);
    for (int i = 0; i < 500; i++) {
      meters.finished(GenAiOperation.CHAT, "m" + i, 1, 1, TokenUsage.NONE);
    }

    assertTrue(search("request.duration").timers().size() <= 101);
    assertEquals(
        400,
        search("request.duration").tag("gen_ai.request.model", "_OTHER").timers().stream()
            .mapToLong(Timer::count)
            .sum());
  }

  private Timer whole(String error) {
    return requests
        .meters
        .get("gen_ai.server.request.duration")
        .tag("error.type", error)
        .tag("gen_ai.operation.name", "text_completion")
        .tag("gen_ai.request.model", "model")
        .timer();
  }

  private Timer timer(String name) {
    return requests.meters.get("gen_ai.server." + name).timer();
  }

  private Search search(String name) {
    return requests.meters.find("gen_ai.server." + name);
  }

  private double tokens(String type) {
    return requests
        .meters
        .get("gen_ai.client.token.usage")
        .tag("gen_ai.token.type", type)
        .summary()
        .totalAmount();
  }

  private static double millis(Timer timer) {
    return timer.totalTime(TimeUnit.MILLISECONDS);
  }
}
