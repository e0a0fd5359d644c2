package io.anyserve.quota;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.quota.QuotaEvent.PolicyChanged;
import io.anyserve.quota.QuotaEvent.Release;
import io.anyserve.quota.QuotaEvent.Reserve;
import io.anyserve.quota.QuotaEvent.Settle;
import io.anyserve.v1.ModelPrice;
import io.anyserve.v1.QuotaPeriod;
import io.anyserve.v1.QuotaRelease;
import io.anyserve.v1.QuotaReserve;
import io.anyserve.v1.QuotaSettle;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records of {@code quotas}. */
public final class QuotaCodec {

  private QuotaCodec() {}

  /** Of every record of the tenant: it chooses the partition, by Kafka's own hash. */
  public static byte[] key(TenantId tenant) {
    return tenant.value().getBytes(UTF_8);
  }

  /**
   * What a ledger line settles; empty where nothing was reserved for it. A request that failed
   * counts as none, but its tokens count.
   */
  public static Optional<Settle> settle(LedgerEntry entry) {
    if (!entry.context().reserved()) {
      return Optional.empty();
    }
    QuotaAmounts used =
        new QuotaAmounts(
            entry.usage().prompt() + entry.usage().completion(),
            entry.outcome() == Outcome.FAILED ? 0 : 1,
            entry.cost().micros());
    return Optional.of(new Settle(entry.context().tenant(), entry.request(), used));
  }

  public static byte[] encode(QuotaEvent event) {
    var message = io.anyserve.v1.QuotaEvent.newBuilder().setTenant(event.tenant().value());
    switch (event) {
      case Reserve reserve -> message.setReserve(write(reserve));
      case Settle(var _, RequestId request, QuotaAmounts used) ->
          message.setSettle(
              QuotaSettle.newBuilder()
                  .setRequestId(ByteString.copyFrom(request.bytes()))
                  .setTokens(used.tokens())
                  .setRequests(used.requests())
                  .setCostMicros(used.cost()));
      case Release(var _, RequestId request, long nonce) ->
          message.setRelease(
              QuotaRelease.newBuilder()
                  .setRequestId(ByteString.copyFrom(request.bytes()))
                  .setNonce(nonce));
      case PolicyChanged(QuotaPolicy policy) -> message.setPolicy(write(policy));
    }
    return message.build().toByteArray();
  }

  /** Throws {@link MalformedRecordException}. */
  public static QuotaEvent decode(byte @Nullable [] bytes) {
    try {
      return read(io.anyserve.v1.QuotaEvent.parseFrom(bytes == null ? new byte[0] : bytes));
    } catch (InvalidProtocolBufferException | IllegalArgumentException | DateTimeException e) {
      throw new MalformedRecordException("quota event: " + e.getMessage());
    }
  }

  private static QuotaEvent read(io.anyserve.v1.QuotaEvent message) {
    TenantId tenant = new TenantId(message.getTenant());
    return switch (message.getEventCase()) {
      case RESERVE -> read(tenant, message.getReserve());
      case SETTLE ->
          new Settle(
              tenant,
              request(message.getSettle().getRequestId()),
              new QuotaAmounts(
                  message.getSettle().getTokens(),
                  message.getSettle().getRequests(),
                  message.getSettle().getCostMicros()));
      case RELEASE ->
          new Release(
              tenant,
              request(message.getRelease().getRequestId()),
              message.getRelease().getNonce());
      case POLICY -> policy(tenant, read(message.getPolicy()));
      case EVENT_NOT_SET -> throw new IllegalArgumentException("event: not set");
    };
  }

  private static PolicyChanged policy(TenantId tenant, QuotaPolicy policy) {
    Preconditions.that(
        policy.scope().tenant().equals(tenant), "scope", policy.scope(), "of " + tenant);
    return new PolicyChanged(policy);
  }

  private static QuotaReserve write(Reserve reserve) {
    QuotaSubject subject = reserve.subject();
    QuotaRequest requested = reserve.requested();
    var message =
        QuotaReserve.newBuilder()
            .setRequestId(ByteString.copyFrom(subject.request().bytes()))
            .setApiKey(subject.key())
            .setSession(subject.session().value())
            .setNonce(reserve.nonce())
            .setPromptTokens(requested.prompt())
            .setAnswerTokens(requested.answer())
            .setExpiresAt(reserve.expiresAt().toEpochMilli());
    if (!requested.price().equals(QuotaRequest.FREE)) {
      message
          .getPriceBuilder()
          .setPromptMicros(requested.price().prompt())
          .setCompletionMicros(requested.price().completion())
          .setCachedMicros(requested.price().cached())
          .setRequestMicros(requested.price().request());
    }
    return message.build();
  }

  private static Reserve read(TenantId tenant, QuotaReserve message) {
    ModelPrice price = message.getPrice();
    return new Reserve(
        new QuotaSubject(
            request(message.getRequestId()),
            tenant,
            message.getApiKey(),
            new SessionId(message.getSession())),
        message.getNonce(),
        new QuotaRequest(
            message.getPromptTokens(),
            message.getAnswerTokens(),
            new Price(
                price.getPromptMicros(),
                price.getCompletionMicros(),
                price.getCachedMicros(),
                price.getRequestMicros())),
        Instant.ofEpochMilli(message.getExpiresAt()));
  }

  static RequestId request(ByteString bytes) {
    return RequestId.of(bytes.toByteArray());
  }

  static io.anyserve.v1.QuotaPolicy write(QuotaPolicy policy) {
    var message = io.anyserve.v1.QuotaPolicy.newBuilder().setScope(policy.scope().toString());
    for (QuotaLimit limit : policy.limits()) {
      message
          .addLimitsBuilder()
          .setUnit(write(limit.unit()))
          .setPeriod(write(limit.period()))
          .setAmount(limit.amount());
    }
    return message.build();
  }

  static QuotaPolicy read(io.anyserve.v1.QuotaPolicy message) {
    return new QuotaPolicy(
        QuotaScope.parse(message.getScope()),
        message.getLimitsList().stream()
            .map(
                limit ->
                    new QuotaLimit(
                        read(limit.getUnit()), read(limit.getPeriod()), limit.getAmount()))
            .toList());
  }

  private static io.anyserve.v1.QuotaUnit write(QuotaUnit unit) {
    return switch (unit) {
      case TOKENS -> io.anyserve.v1.QuotaUnit.QUOTA_UNIT_TOKENS;
      case REQUESTS -> io.anyserve.v1.QuotaUnit.QUOTA_UNIT_REQUESTS;
      case COST -> io.anyserve.v1.QuotaUnit.QUOTA_UNIT_COST;
    };
  }

  private static QuotaUnit read(io.anyserve.v1.QuotaUnit unit) {
    return switch (unit) {
      case QUOTA_UNIT_TOKENS -> QuotaUnit.TOKENS;
      case QUOTA_UNIT_REQUESTS -> QuotaUnit.REQUESTS;
      case QUOTA_UNIT_COST -> QuotaUnit.COST;
      case QUOTA_UNIT_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("unit: not set");
    };
  }

  private static QuotaPeriod write(Period period) {
    return switch (period) {
      case MINUTE -> QuotaPeriod.QUOTA_PERIOD_MINUTE;
      case DAY -> QuotaPeriod.QUOTA_PERIOD_DAY;
      case MONTH -> QuotaPeriod.QUOTA_PERIOD_MONTH;
    };
  }

  private static Period read(QuotaPeriod period) {
    return switch (period) {
      case QUOTA_PERIOD_MINUTE -> Period.MINUTE;
      case QUOTA_PERIOD_DAY -> Period.DAY;
      case QUOTA_PERIOD_MONTH -> Period.MONTH;
      case QUOTA_PERIOD_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("period: not set");
    };
  }
}
