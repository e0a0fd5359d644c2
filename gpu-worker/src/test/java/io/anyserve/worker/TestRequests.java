package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.schedule.PriorOutput;
import io.anyserve.worker.schedule.WorkItem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests for unit tests, numbered. */
public final class TestRequests {

  public static final Capability CAPABILITY = new Capability("words");
  public static final Instant NOW = Instant.ofEpochMilli(1_000_000);

  public static final TopicOffset SOURCE = new TopicOffset("requests", 3, 42);

  private TestRequests() {}

  /** A request of which nothing is known to be written. */
  public static WorkItem work(EventStreamWriter stream) {
    return work(stream, PriorOutput.NOTHING);
  }

  /** A request that goes on behind what is written. */
  public static WorkItem work(EventStreamWriter stream, PriorOutput earlier) {
    return new WorkItem(stream, stream.request().input(), NOW, earlier);
  }

  public static InferenceRequest interactive(long number, String prompt, int maxTokens) {
    return request(number, prompt, maxTokens, Priority.INTERACTIVE, Optional.empty());
  }

  public static InferenceRequest batch(long number, String prompt, int maxTokens) {
    return request(number, prompt, maxTokens, Priority.BATCH, Optional.empty());
  }

  public static InferenceRequest until(
      long number, String prompt, int maxTokens, Instant deadline) {
    return request(number, prompt, maxTokens, Priority.INTERACTIVE, Optional.of(deadline));
  }

  public static InferenceRequest of(TenantId tenant, long number, String prompt, int maxTokens) {
    return request(tenant, number, prompt, maxTokens, Priority.INTERACTIVE, Optional.empty());
  }

  private static InferenceRequest request(
      long number, String prompt, int maxTokens, Priority priority, Optional<Instant> deadline) {
    return request(new TenantId("acme"), number, prompt, maxTokens, priority, deadline);
  }

  /** Batch requests are asynchronous. */
  private static InferenceRequest request(
      TenantId tenant,
      long number,
      String prompt,
      int maxTokens,
      Priority priority,
      Optional<Instant> deadline) {
    return new InferenceRequest(
        new RequestId(0, number),
        new RequestContext(
            tenant, new SessionId("s1"), "", CAPABILITY, Map.of(), NOW, priority == Priority.BATCH),
        new Payload.Text(prompt),
        GenerationParameters.greedy(maxTokens),
        new RoutingMetadata(new ReplyTo(0, 0), deadline, priority, List.of(), 0));
  }
}
