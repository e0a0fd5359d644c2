package io.anyserve.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RecordSanitizerTest {

  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void whatNoLineMayHoldIsLeftOut() {
    Started said =
        started(context("k\nk", Instant.ofEpochMilli(-1)), "m".repeat(2_000), Long.MAX_VALUE);

    assertEquals(started(context("", AT), "m".repeat(1_024), 0), plausible(said));
  }

  @Test
  void whatIsPlausibleStays() {
    Started said = started(context("key", AT.minusSeconds(5)), "tiny", 7);

    assertEquals(said, plausible(said));
  }

  private static Started plausible(Started said) {
    var record = new TokenRecord(new RequestId(1, 1), 1, 1, said);
    return (Started) RecordSanitizer.of(record, AT).event();
  }

  private static RequestContext context(String key, Instant acceptedAt) {
    return new RequestContext(
        new TenantId("acme"),
        new SessionId("s1"),
        key,
        new Capability("chat"),
        Map.of(),
        acceptedAt,
        false);
  }

  private static Started started(RequestContext context, String model, long prompt) {
    return new Started(
        context,
        new WorkerId("worker-1"),
        new Capability("chat"),
        model,
        prompt,
        12,
        false,
        Optional.empty());
  }
}
