package io.anyserve.contracts.quota;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.wire.MalformedRecordException;
import io.anyserve.v1.QuotaAmounts;
import io.anyserve.v1.QuotaReservation;
import io.anyserve.v1.QuotaSnapshot;
import io.anyserve.v1.QuotaSpan;
import io.anyserve.v1.QuotaUse;
import io.anyserve.v1.TenantQuotaState;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Records of {@code quotas.snapshots}. */
final class SnapshotWire {

  private SnapshotWire() {}

  static byte[] key(int partition) {
    return Integer.toString(partition).getBytes(UTF_8);
  }

  static byte[] encode(QuotaState state) {
    var message =
        QuotaSnapshot.newBuilder()
            .setPartition(state.partition())
            .setOffset(state.offset())
            .setTime(state.time());
    state.tenants().forEach(tenant -> message.addTenants(write(tenant)));
    return message.build().toByteArray();
  }

  /** Throws {@link MalformedRecordException}. */
  static QuotaState decode(byte @Nullable [] bytes) {
    try {
      QuotaSnapshot message = QuotaSnapshot.parseFrom(bytes == null ? new byte[0] : bytes);
      return new QuotaState(
          message.getPartition(),
          message.getOffset(),
          message.getTime(),
          message.getTenantsList().stream().map(SnapshotWire::read).toList());
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new MalformedRecordException("quota snapshot: " + e.getMessage());
    }
  }

  private static TenantQuotaState write(QuotaState.OfTenant tenant) {
    var message = TenantQuotaState.newBuilder().setTenant(tenant.tenant().value());
    tenant.policies().forEach(policy -> message.addPolicies(QuotaWire.write(policy)));
    tenant.uses().forEach(counted -> message.addUses(write(counted)));
    tenant.reservations().forEach(reservation -> message.addReservations(write(reservation)));
    return message.build();
  }

  private static QuotaState.OfTenant read(TenantQuotaState message) {
    TenantId tenant = new TenantId(message.getTenant());
    return new QuotaState.OfTenant(
        tenant,
        message.getPoliciesList().stream().map(QuotaWire::read).toList(),
        message.getUsesList().stream().map(SnapshotWire::read).toList(),
        message.getReservationsList().stream()
            .map(reservation -> read(tenant, reservation))
            .toList());
  }

  private static QuotaUse write(TenantQuota.Counted counted) {
    var message =
        QuotaUse.newBuilder().setScope(counted.scope().toString()).setSince(counted.use().since());
    for (Use.Span span : counted.use().spans()) {
      message.addSpans(
          QuotaSpan.newBuilder()
              .setStart(span.start())
              .setUsed(write(span.used()))
              .setReserved(write(span.reserved())));
    }
    return message.build();
  }

  private static TenantQuota.Counted read(QuotaUse message) {
    Expect.that(
        message.getSpansCount() == Period.values().length,
        "spans",
        message.getSpansCount(),
        "one for each period");
    return new TenantQuota.Counted(
        QuotaScope.parse(message.getScope()),
        new Use(
            message.getSince(),
            message.getSpansList().stream()
                .map(
                    span ->
                        new Use.Span(
                            span.getStart(), read(span.getUsed()), read(span.getReserved())))
                .toList()));
  }

  private static QuotaReservation write(Reservation reservation) {
    var message =
        QuotaReservation.newBuilder()
            .setRequestId(ByteString.copyFrom(reservation.holder().request().bytes()))
            .setApiKey(reservation.holder().key())
            .setSession(reservation.holder().session().value())
            .setNonce(reservation.nonce())
            .setHeld(write(reservation.held()))
            .setOffset(reservation.offset())
            .setAt(reservation.at())
            .setDue(reservation.due())
            .setLapsed(reservation.lapsed());
    reservation.budget().ifPresent(message::setBudget);
    return message.build();
  }

  private static Reservation read(TenantId tenant, QuotaReservation message) {
    return new Reservation(
        new Holder(
            QuotaWire.request(message.getRequestId()),
            tenant,
            message.getApiKey(),
            new SessionId(message.getSession())),
        message.getNonce(),
        read(message.getHeld()),
        message.hasBudget() ? OptionalLong.of(message.getBudget()) : OptionalLong.empty(),
        message.getOffset(),
        message.getAt(),
        message.getDue(),
        message.getLapsed());
  }

  private static QuotaAmounts write(Amounts amounts) {
    return QuotaAmounts.newBuilder()
        .setTokens(amounts.tokens())
        .setRequests(amounts.requests())
        .setCostMicros(amounts.cost())
        .build();
  }

  private static Amounts read(QuotaAmounts message) {
    return new Amounts(message.getTokens(), message.getRequests(), message.getCostMicros());
  }
}
