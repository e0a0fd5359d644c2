package io.anyserve.ingress.grpc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.access.AuditLines;
import io.anyserve.ingress.access.AuditLog;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.access.CallLimits;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.v1.InferStreamRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls beyond the limit, and what the audit log has of refused calls. */
@Timeout(60)
final class GrpcRefusalTest {

  private static final InferStreamRequest REQUEST =
      InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build();

  private final AtomicLong now = new AtomicLong();

  @Test
  void callsBeyondTheLimitAreRefusedAndNoted() throws Exception {
    try (var lines = AuditLines.open();
        var server = limited(List.of())) {
      for (int i = 0; i < 2; i++) {
        assertTrue(server.blocking().inferStream(REQUEST).next().hasAccepted());
      }
      assertEquals(
          "RATE_LIMITED: calls: over the limit (expected: at most 2 a minute; the next one in 30000"
              + " ms)",
          failure(server));
      assertEquals(2, server.log.requests.size());
      var health = HealthGrpc.newBlockingStub(server.channel());
      assertTrue(health.check(HealthCheckRequest.getDefaultInstance()).isInitialized());
      now.addAndGet(Duration.ofSeconds(30).toNanos());
      assertTrue(server.blocking().inferStream(REQUEST).next().hasAccepted());
      await().atMost(Duration.ofSeconds(30)).until(() -> !lines.all().isEmpty());
      assertEquals(
          "refused protocol=grpc tenant=default key=- address=127.0.0.1"
              + " route=\"anyserve.v1.InferenceService/InferStream\" code=rate_limited request=-"
              + " suppressed=0",
          lines.all().getFirst());
    }
  }

  @Test
  void aCallWithoutAKeyIsNoted() throws Exception {
    var key = new ApiKey("k1", "a".repeat(64), new TenantId("acme"));
    try (var lines = AuditLines.open();
        var server = limited(List.of(key))) {
      assertTrue(failure(server).startsWith("UNAUTHENTICATED"));
      await().atMost(Duration.ofSeconds(30)).until(() -> !lines.all().isEmpty());
      assertTrue(lines.all().getFirst().contains(" key=- "), lines.all()::toString);
      assertTrue(lines.all().getFirst().contains("code=unauthenticated"), lines.all()::toString);
    }
  }

  private static String failure(TestServer server) {
    return TestServer.failure(
        assertThrows(
            StatusRuntimeException.class, () -> server.blocking().inferStream(REQUEST).next()));
  }

  private TestServer limited(List<ApiKey> keys) throws Exception {
    return TestServer.start(
        new CallAccess(
            new ApiKeys(keys),
            new CallLimits(OptionalInt.of(2), now::get),
            new AuditLog(now::get)));
  }
}
