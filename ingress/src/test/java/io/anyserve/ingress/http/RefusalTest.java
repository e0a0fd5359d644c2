package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.error;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.ingress.access.AuditLines;
import io.anyserve.ingress.access.AuditLog;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.access.CallLimits;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.ApiKeys;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls beyond the limit, and what the audit log has of refused calls. */
@Timeout(60)
final class RefusalTest {

  private final AtomicLong now = new AtomicLong();
  private final AuditLines lines = AuditLines.open();

  @AfterEach
  void close() {
    lines.close();
  }

  @Test
  void callsBeyondTheLimitAreToldWhenToComeBack() throws Exception {
    try (var server = limited(List.of())) {
      for (int left = 1; left >= 0; left--) {
        HttpResponse<String> response = server.send(server.to("/v1/models"));
        assertEquals(200, response.statusCode());
        assertEquals("2", header(response, "x-ratelimit-limit-requests"));
        assertEquals("" + left, header(response, "x-ratelimit-remaining-requests"));
      }
      HttpResponse<String> refused = server.send(server.posting(CHAT, chat("")));
      assertEquals(429, refused.statusCode());
      assertEquals("rate_limit_exceeded", error(refused).path("code").asString());
      assertEquals("30", header(refused, "retry-after"));
      assertEquals("true", header(refused, "x-should-retry"));
      assertEquals("0", header(refused, "x-ratelimit-remaining-requests"));
      assertEquals("1m0s", header(refused, "x-ratelimit-reset-requests"));
      assertEquals(200, server.send(server.to("/health")).statusCode());
      now.addAndGet(Duration.ofSeconds(30).toNanos());
      assertEquals(200, server.send(server.to("/v1/models")).statusCode());
      assertEquals(List.of(), server.log.requests);
      String line = lines.all().getFirst();
      assertTrue(
          line.startsWith(
              "refused protocol=http tenant=default key=- address=127.0.0.1"
                  + " route=\"POST /v1/chat/completions\" code=rate_limit_exceeded request="),
          line);
      assertTrue(line.contains(header(refused, "x-request-id")), line);
    }
  }

  @Test
  void aRefusalIsNotedWithoutSecretAndPrompt() throws Exception {
    try (var server = limited(List.of(TestApiKeys.ACME))) {
      server.send(server.posting("/v1/secret-path", "{\"secret\":1}"));
      server.send(server.posting(CHAT, chat("")).header("Authorization", "Bearer sk-secret"));
      server.send(
          server.to("/metrics").header("Authorization", "Bearer " + TestApiKeys.ACME_SECRET));
      server.send(server.to("/v1/models").header("X-Long", "secret".repeat(20_000)));
      await().atMost(Duration.ofSeconds(30)).until(() -> lines.all().size() == 4);
      List<String> all = lines.all();
      assertTrue(all.get(0).contains("route=\"POST none\" code=invalid_api_key"), all::toString);
      assertTrue(
          all.get(1).contains("key=- address=127.0.0.1 route=\"POST /v1/chat/completions\""),
          all::toString);
      assertTrue(
          all.get(2).contains("tenant=acme key=k1 address=127.0.0.1 route=\"GET /metrics\""),
          all::toString);
      assertTrue(all.get(3).contains("code=headers_too_large"), all::toString);
      for (String line : all) {
        assertFalse(line.contains("secret"), line);
        assertFalse(line.contains("Once"), line);
        assertFalse(line.contains(TestApiKeys.ACME_SECRET), line);
      }
    }
  }

  private HttpTestServer limited(List<ApiKey> keys) throws Exception {
    return HttpTestServer.start(
        new CallAccess(
            new ApiKeys(keys),
            new CallLimits(OptionalInt.of(2), now::get),
            new AuditLog(now::get)));
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
