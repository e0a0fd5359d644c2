package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Delivery;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Lane;
import io.anyserve.contracts.LogPosition;
import io.anyserve.contracts.Parameters;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.ReplyAddress;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests for unit tests, numbered. */
public final class TestRequests {

  public static final Capability CAPABILITY = new Capability("words");
  public static final Instant NOW = Instant.ofEpochMilli(1_000_000);

  public static final LogPosition SOURCE = new LogPosition("requests", 3, 42);

  private TestRequests() {}

  public static InferenceRequest interactive(long number, String prompt, int maxTokens) {
    return request(number, prompt, maxTokens, Lane.INTERACTIVE, Optional.empty());
  }

  public static InferenceRequest batch(long number, String prompt, int maxTokens) {
    return request(number, prompt, maxTokens, Lane.BATCH, Optional.empty());
  }

  public static InferenceRequest until(
      long number, String prompt, int maxTokens, Instant deadline) {
    return request(number, prompt, maxTokens, Lane.INTERACTIVE, Optional.of(deadline));
  }

  /** Batch requests are asynchronous. */
  private static InferenceRequest request(
      long number, String prompt, int maxTokens, Lane lane, Optional<Instant> deadline) {
    return new InferenceRequest(
        new RequestId(0, number),
        new RequestContext(
            new TenantId("acme"),
            new SessionId("s1"),
            "",
            CAPABILITY,
            Map.of(),
            NOW,
            lane == Lane.BATCH),
        new Payload.Text(prompt),
        Parameters.greedy(maxTokens),
        new Delivery(new ReplyAddress(0, 0), deadline, lane, List.of(), 0));
  }
}
