package io.anyserve.ingress.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TenantId;
import io.anyserve.runtime.auth.Caller;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AuditLogTest {

  private static final ClientAddress HOME = new ClientAddress("10.0.0.1", "10.0.0.1");
  private static final Caller CALLER = new Caller(new TenantId("acme"), "k1");

  private final AtomicLong now = new AtomicLong();
  private final AuditLog audit = new AuditLog(now::get);
  private final AuditLines lines = AuditLines.open();

  @AfterEach
  void close() {
    lines.close();
  }

  @Test
  void aLineSaysWhoWasRefusedWhatAndWhy() {
    audit.refused(refusal(Optional.of(CALLER), "POST /v1/chat/completions", 429, "r-1"));
    audit.refused(refusal(Optional.empty(), "GET none", 401, ""));
    assertEquals(
        List.of(
            "refused protocol=http tenant=acme key=k1 address=10.0.0.1"
                + " route=\"POST /v1/chat/completions\" code=c request=r-1 suppressed=0",
            "refused protocol=http tenant=- key=- address=10.0.0.1"
                + " route=\"GET none\" code=c request=- suppressed=0"),
        lines.all());
  }

  @Test
  void whatCallersSendStaysInItsField() {
    audit.refused(refusal(Optional.empty(), "X\r\nrefused\" key=k2 \u00e4", 403, "a b=c"));
    assertEquals(
        List.of(
            "refused protocol=http tenant=- key=- address=10.0.0.1"
                + " route=\"X__refused_ key=k2 _\" code=c request=a_b=c suppressed=0"),
        lines.all());
  }

  @Test
  void mistakesInARequestAreNobodysBusiness() {
    for (int status : List.of(400, 404, 405, 500, 503)) {
      audit.refused(refusal(Optional.empty(), "GET /v1/models", status, ""));
    }
    assertEquals(List.of(), lines.all());
  }

  @Test
  void aFloodIsCountedInPlaceOfWritten() {
    for (int i = 0; i < AuditLog.BURST + 7; i++) {
      audit.refused(refusal(Optional.empty(), "GET /v1/models", 401, ""));
    }
    assertEquals(AuditLog.BURST, lines.all().size());
    now.addAndGet(1_000_000_000 / AuditLog.PER_SECOND);
    audit.refused(refusal(Optional.empty(), "GET /v1/models", 401, ""));
    audit.refused(refusal(Optional.empty(), "GET /v1/models", 401, ""));
    assertEquals(AuditLog.BURST + 1, lines.all().size());
    assertTrue(lines.all().getLast().endsWith(" suppressed=7"));
  }

  private static Refusal refusal(
      Optional<Caller> caller, String route, int status, String request) {
    return new Refusal("http", caller, HOME, route, "c", status, request);
  }
}
