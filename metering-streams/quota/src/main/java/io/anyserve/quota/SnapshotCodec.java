package io.anyserve.quota;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.v1.QuotaAmounts;
import io.anyserve.v1.QuotaReservation;
import io.anyserve.v1.QuotaSnapshot;
import io.anyserve.v1.QuotaSpan;
import io.anyserve.v1.QuotaUse;
import io.anyserve.v1.TenantQuotaState;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Records of {@code quotas.snapshots}. */
final class SnapshotCodec {

  private SnapshotCodec() {}

  static byte[] key(int partition) {
    return Integer.toString(partition).getBytes(UTF_8);
  }

  static byte[] encode(io.anyserve.quota.QuotaSnapshot state) {
    var message =
        QuotaSnapshot.newBuilder()
            .setPartition(state.partition())
            .setOffset(state.offset())
            .setTime(state.time());
    state.tenants().forEach(tenant -> message.addTenants(write(tenant)));
    return message.build().toByteArray();
  }

  /** Throws {@link MalformedRecordException}. */
  static io.anyserve.quota.QuotaSnapshot decode(byte @Nullable [] bytes) {
    try {
      QuotaSnapshot message = QuotaSnapshot.parseFrom(bytes == null ? new byte[0] : bytes);
      return new io.anyserve.quota.QuotaSnapshot(
          message.getPartition(),
          message.getOffset(),
          message.getTime(),
          message.getTenantsList().stream().map(SnapshotCodec::read).toList());
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new MalformedRecordException("quota snapshot: " + e.getMessage());
    }
  }

  private static TenantQuotaState write(io.anyserve.quota.QuotaSnapshot.OfTenant tenant) {
    var message = TenantQuotaState.newBuilder().setTenant(tenant.tenant().value());
    tenant.policies().forEach(policy -> message.addPolicies(QuotaCodec.write(policy)));
    tenant.uses().forEach(counted -> message.addUses(write(counted)));
    tenant.reservations().forEach(reservation -> message.addReservations(write(reservation)));
    return message.build();
  }

  private static io.anyserve.quota.QuotaSnapshot.OfTenant read(TenantQuotaState message) {
    TenantId tenant = new TenantId(message.getTenant());
    return new io.anyserve.quota.QuotaSnapshot.OfTenant(
        tenant,
        message.getPoliciesList().stream().map(QuotaCodec::read).toList(),
        message.getUsesList().stream().map(SnapshotCodec::read).toList(),
        message.getReservationsList().stream()
            .map(reservation -> read(tenant, reservation))
            .toList());
  }

  private static QuotaUse write(io.anyserve.quota.TenantQuotaState.Counted counted) {
    var message =
        QuotaUse.newBuilder().setScope(counted.scope().toString()).setSince(counted.use().since());
    for (PeriodUsage.Span span : counted.use().spans()) {
      message.addSpans(
          QuotaSpan.newBuilder()
              .setStart(span.start())
              .setUsed(write(span.used()))
              .setReserved(write(span.reserved())));
    }
    return message.build();
  }

  private static io.anyserve.quota.TenantQuotaState.Counted read(QuotaUse message) {
    Preconditions.that(
        message.getSpansCount() == Period.values().length,
        "spans",
        message.getSpansCount(),
        "one for each period");
    return new io.anyserve.quota.TenantQuotaState.Counted(
        QuotaScope.parse(message.getScope()),
        new PeriodUsage(
            message.getSince(),
            message.getSpansList().stream()
                .map(
                    span ->
                        new PeriodUsage.Span(
                            span.getStart(), read(span.getUsed()), read(span.getReserved())))
                .toList()));
  }

  private static QuotaReservation write(Reservation reservation) {
    var message =
        QuotaReservation.newBuilder()
            .setRequestId(ByteString.copyFrom(reservation.subject().request().bytes()))
            .setApiKey(reservation.subject().key())
            .setSession(reservation.subject().session().value())
            .setNonce(reservation.nonce())
            .setHeld(write(reservation.held()))
            .setOffset(reservation.offset())
            .setAt(reservation.at())
            .setDue(reservation.due())
            .setExpired(reservation.expired());
    reservation.budget().ifPresent(message::setBudget);
    return message.build();
  }

  private static Reservation read(TenantId tenant, QuotaReservation message) {
    return new Reservation(
        new QuotaSubject(
            QuotaCodec.request(message.getRequestId()),
            tenant,
            message.getApiKey(),
            new SessionId(message.getSession())),
        message.getNonce(),
        read(message.getHeld()),
        message.hasBudget() ? OptionalLong.of(message.getBudget()) : OptionalLong.empty(),
        message.getOffset(),
        message.getAt(),
        message.getDue(),
        message.getExpired());
  }

  private static QuotaAmounts write(io.anyserve.quota.QuotaAmounts amounts) {
    return QuotaAmounts.newBuilder()
        .setTokens(amounts.tokens())
        .setRequests(amounts.requests())
        .setCostMicros(amounts.cost())
        .build();
  }

  private static io.anyserve.quota.QuotaAmounts read(QuotaAmounts message) {
    return new io.anyserve.quota.QuotaAmounts(
        message.getTokens(), message.getRequests(), message.getCostMicros());
  }
}
