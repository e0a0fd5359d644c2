package io.anyserve.quota;

import io.anyserve.contracts.RequestId;
import java.util.List;

/** What a record of {@code quotas} meant to those who wait for it. */
public sealed interface QuotaTransition {

  QuotaTransition NOTHING = new Nothing();

  /** A reservation was granted or refused. */
  record Decided(QuotaSubject subject, long nonce, ReservationDecision verdict)
      implements QuotaTransition {}

  /** A policy leaves no room for requests that run: they are to be stopped. */
  record Revoked(List<RequestId> requests) implements QuotaTransition {}

  record Nothing() implements QuotaTransition {}
}
