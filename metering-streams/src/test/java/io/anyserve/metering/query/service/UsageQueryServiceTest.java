package io.anyserve.metering.query.service;

import static io.anyserve.metering.query.service.UsageQueryFixture.ACME;
import static io.anyserve.metering.query.service.UsageQueryFixture.ADMIN;
import static io.anyserve.metering.query.service.UsageQueryFixture.OF_ACME;
import static io.anyserve.metering.query.service.UsageQueryFixture.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.metering.api.TestEntry;
import org.junit.jupiter.api.Test;

final class UsageQueryServiceTest {

  private final UsageQueryFixture usage = new UsageQueryFixture();

  @Test
  void aCallerSeesTheirOwnTenantAndNoOther() {
    usage.counted.add(TestEntry.of("acme", "s1").entry(), TestEntry.of("globex", "s2").entry());

    assertEquals(OF_ACME, ACME.scope(""));
    assertEquals(OF_ACME, ACME.scope("acme"));
    assertEquals(1, usage.queries.totals(ACME, ACME.scope("")).requests());
    assertEquals(FailureCode.PERMISSION_DENIED, refusal(() -> ACME.scope("globex")));
    assertEquals(FailureCode.PERMISSION_DENIED, refusal(() -> ACME.scope("no-such")));
    assertEquals(FailureCode.PERMISSION_DENIED, refusal(() -> ACME.scope("*")));
    assertEquals(FailureCode.PERMISSION_DENIED, refusal(() -> ACME.tenant("globex")));
  }

  @Test
  void anAdminSeesEachTenantAndAll() {
    usage.counted.add(TestEntry.of("acme", "s1").entry(), TestEntry.of("globex", "s2").entry());

    assertEquals(2, usage.queries.totals(ADMIN, ADMIN.scope("")).requests());
    assertEquals(2, usage.queries.totals(ADMIN, ADMIN.scope("*")).requests());
    assertEquals(1, usage.queries.totals(ADMIN, ADMIN.scope("globex")).requests());
    assertEquals(0, usage.queries.totals(ADMIN, ADMIN.scope("nobody")).requests());
    assertEquals(new TenantId("acme"), ADMIN.tenant(""));
    assertThrows(IllegalArgumentException.class, () -> ADMIN.tenant("*"));
    assertThrows(IllegalArgumentException.class, () -> ADMIN.scope("no/name"));
  }

  @Test
  void anotherTenantsSessionLooksLikeNone() {
    usage.counted.add(TestEntry.of("globex", "s2").entry());
    TenantId acme = new TenantId("acme");

    assertEquals(
        FailureCode.SESSION_NOT_FOUND,
        refusal(() -> usage.queries.session(ACME, acme, new SessionId("s2"))));
    assertEquals(
        FailureCode.SESSION_NOT_FOUND,
        refusal(() -> usage.queries.session(ACME, acme, new SessionId("s3"))));
  }

  @Test
  void aStoreThatCannotTellSaysSo() {
    usage.counted.trouble = "restoring";
    assertEquals(FailureCode.STORE_UNAVAILABLE, refusal(() -> usage.queries.totals(ACME, OF_ACME)));
  }
}
