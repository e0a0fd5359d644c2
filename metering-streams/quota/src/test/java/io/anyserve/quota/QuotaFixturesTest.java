package io.anyserve.quota;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.event.PriceBook.Price;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records of quotas that version 0.1 wrote, with all fields; see CONTRIBUTING.md. */
final class QuotaFixturesTest {

  private static final TenantId TENANT = new TenantId("acme");
  private static final RequestId ID = new RequestId(0x018b_cfe5_6800_7abcL, 0x9abc_def0_1234_5678L);
  private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_123L);
  private static final QuotaSubject SUBJECT =
      new QuotaSubject(ID, TENANT, "key-1", new SessionId("s-1"));
  private static final QuotaAmounts AMOUNTS = new QuotaAmounts(15, 1, 17);
  private static final QuotaPolicy POLICY =
      new QuotaPolicy(
          new QuotaScope.OfKey(TENANT, "key-1"),
          List.of(
              new QuotaLimit(QuotaUnit.TOKENS, Period.MINUTE, 1_000),
              new QuotaLimit(QuotaUnit.COST, Period.MONTH, 2_000)));

  private static final String SNAPSHOT =
      "CAMQYxj70JX/vDEiugEKBGFjbWUSIgoOYWNtZS9rZXkva2V5LTESBwgBEAEY6AcSBwgDEAMY0A8a"
          + "UwoEYWNtZRAMGhcI+9CV/7wxEgYIDxABGBEaBggPEAEYERoXCPvQlf+8MRIGCA8QARgRGgYIDxAB"
          + "GBEaFwj70JX/vDESBggPEAEYERoGCA8QARgRIjkKEAGLz+VoAHq8mrze8BI0VngSBWtleS0xGgNz"
          + "LTEh+f////////8qBggPEAEYETAyOGJAAUgCUAE=";

  /**
   * A record.
   *
   * @param bytes base64
   */
  record Written(QuotaEvent event, String bytes) {

    @Override
    public String toString() {
      return event.getClass().getSimpleName();
    }
  }

  static Stream<Written> events() {
    return Stream.of(
        new Written(
            new QuotaEvent.Reserve(
                SUBJECT, -7, new QuotaRequest(10, 40, new Price(1, 2, 3, 4)), AT),
            "CgRhY21lEjwKEAGLz+VoAHq8mrze8BI0VngSBWtleS0xGgNzLTEh+f////////8oCjAoOggQARgC"
                + "IAMoBED70JX/vDE="),
        new Written(
            new QuotaEvent.Settle(TENANT, ID, AMOUNTS),
            "CgRhY21lGhgKEAGLz+VoAHq8mrze8BI0VngQDxgBIBE="),
        new Written(
            new QuotaEvent.Release(TENANT, ID, -7),
            "CgRhY21lIhsKEAGLz+VoAHq8mrze8BI0VngR+f////////8="),
        new Written(
            new QuotaEvent.PolicyChanged(POLICY),
            "CgRhY21lKiIKDmFjbWUva2V5L2tleS0xEgcIARABGOgHEgcIAxADGNAP"));
  }

  private static QuotaSnapshot snapshot() {
    PeriodUsage.Span span = new PeriodUsage.Span(AT.toEpochMilli(), AMOUNTS, AMOUNTS);
    return new QuotaSnapshot(
        3,
        99,
        AT.toEpochMilli(),
        List.of(
            new QuotaSnapshot.OfTenant(
                TENANT,
                List.of(POLICY),
                List.of(
                    new TenantQuotaState.Counted(
                        new QuotaScope.OfTenant(TENANT),
                        new PeriodUsage(12, List.of(span, span, span)))),
                List.of(
                    new Reservation(SUBJECT, -7, AMOUNTS, OptionalLong.of(50), 98, 1, 2, true)))));
  }

  @ParameterizedTest
  @MethodSource("events")
  void anOldEventIsReadAsItWasMeant(Written old) {
    assertEquals(old.event(), QuotaCodec.decode(bytes(old.bytes())));
  }

  @Test
  void anOldSnapshotIsReadAsItWasMeant() {
    assertArrayEquals(
        SnapshotCodec.encode(snapshot()),
        SnapshotCodec.encode(SnapshotCodec.decode(bytes(SNAPSHOT))));
  }

  @Test
  void anEventThatOnlyANewerVersionKnowsIsMalformed() {
    byte[] newer = io.anyserve.v1.QuotaEvent.newBuilder().setTenant("acme").build().toByteArray();

    assertThrows(MalformedRecordException.class, () -> QuotaCodec.decode(newer));
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
