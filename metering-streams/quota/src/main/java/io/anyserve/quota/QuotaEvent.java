package io.anyserve.quota;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import java.time.Instant;

/** A record of {@code quotas}. All of a tenant lie in one partition, in the order that counts. */
public sealed interface QuotaEvent {

  TenantId tenant();

  /**
   * A request wants in.
   *
   * @param nonce random, one for each try
   * @param expiresAt what it holds is free again from then on, by the log's clock
   */
  record Reserve(QuotaSubject subject, long nonce, QuotaRequest requested, Instant expiresAt)
      implements QuotaEvent {

    @Override
    public TenantId tenant() {
      return subject.tenant();
    }
  }

  /** The ledger says what a request used. */
  record Settle(TenantId tenant, RequestId request, QuotaAmounts used) implements QuotaEvent {}

  /** A request that was let in does not run. */
  record Release(TenantId tenant, RequestId request, long nonce) implements QuotaEvent {}

  /** From here on that policy holds, in the place of any other of its scope. */
  record PolicyChanged(QuotaPolicy policy) implements QuotaEvent {

    @Override
    public TenantId tenant() {
      return policy.scope().tenant();
    }
  }
}
