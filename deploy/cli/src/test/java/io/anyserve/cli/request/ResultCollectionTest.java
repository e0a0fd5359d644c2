package io.anyserve.cli.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.ResultFormat;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class ResultCollectionTest {

  private static final RequestId A = new RequestId(1, 1);
  private static final RequestId B = new RequestId(1, 2);
  private static final TokenEvent.Terminal FINISHED =
      new TokenEvent.Finished(
          FinishReason.STOP,
          new TokenUsage(4, 40, 1),
          Optional.of(new Payload.Text("once")),
          Duration.ofNanos(1_234_000));

  @Test
  void aRequestHasOneResult() {
    ResultCollection collection = collection("{}", "{}");

    assertTrue(collection.take(result(A, "default", FINISHED)));
    assertFalse(collection.take(result(A, "default", FINISHED)));
    assertFalse(collection.take(result(new RequestId(9, 9), "default", FINISHED)));
    assertEquals("1 of 2 results", collection.summary());
    assertTrue(collection.take(result(B, "default", FINISHED)));
    assertTrue(collection.complete() && collection.good());
  }

  @Test
  void whatWasRefusedIsCountedAndNamed() {
    ResultCollection collection = collection("{}", "{}");

    collection.take(result(A, "default", FINISHED));
    collection.take(result(B, "default", failed(FailureCode.IDEMPOTENCY_CONFLICT)));

    assertTrue(collection.complete());
    assertFalse(collection.good());
    assertEquals("2 of 2 results, 1 refused", collection.summary());
    assertEquals(List.of(B + ": why"), collection.refused());
  }

  @Test
  void aRequestThatFailedWasNotRefused() {
    ResultCollection collection = collection("{}");

    collection.take(result(A, "default", failed(FailureCode.ENGINE_FAILED)));

    assertTrue(collection.good());
  }

  @Test
  void anotherTenantsResultIsNotTaken() {
    ResultCollection collection = collection("{\"tenant\":\"acme\"}");

    assertFalse(collection.take(result(A, "zeta", FINISHED)));
    assertFalse(collection.take(result(A, "zeta", failed(FailureCode.INVALID_REQUEST))));
    assertFalse(collection.take(result(A, "default", FINISHED)));
    assertTrue(collection.take(result(A, "default", failed(FailureCode.INVALID_REQUEST))));
  }

  @Test
  void aResultIsPrintedAsPlainJson() {
    assertEquals(
        "{\"id\":\""
            + A
            + "\",\"tenant\":\"acme\",\"session\":\"s\",\"capability\":\"chat\","
            + "\"accepted_at\":\"1970-01-01T00:00:00Z\","
            + "\"served_by\":{\"capability\":\"story\",\"model\":\"tiny\",\"attempts\":1,\"delegated\":true},"
            + "\"outcome\":\"finished\",\"finish_reason\":\"stop\",\"text\":\"once\","
            + "\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":40,\"cached_tokens\":1},"
            + "\"engine_micros\":1234,\"labels\":{\"team\":\"blue\"}}",
        UsageCodec.toJson(result(A, "acme", FINISHED)));
  }

  private static ResultCollection collection(String... requests) {
    Map<RequestId, ObjectNode> submitted = new LinkedHashMap<>();
    for (String request : requests) {
      submitted.put(
          submitted.isEmpty() ? A : B, (ObjectNode) JsonMapper.shared().readTree(request));
    }
    return new ResultCollection(submitted);
  }

  private static TokenEvent.Terminal failed(FailureCode code) {
    return new TokenEvent.Failed(new Failure(code, "why"), TokenUsage.NONE, Optional.empty());
  }

  private static RequestResult result(RequestId id, String tenant, TokenEvent.Terminal outcome) {
    return new RequestResult(
        id,
        new RequestContext(
            new TenantId(tenant),
            new SessionId("s"),
            "",
            new Capability("chat"),
            Map.of("team", "blue"),
            Instant.EPOCH,
            ResultFormat.JSON,
            false),
        outcome,
        new ServedBy("story", "tiny", "", 1, true));
  }
}
