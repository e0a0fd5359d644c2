package io.anyserve.contracts.quota;

import io.anyserve.contracts.RequestId;
import java.util.List;

/** What a record of {@code quotas} meant to those who wait for it. */
public sealed interface QuotaEffect {

  QuotaEffect NOTHING = new Nothing();

  /** A reservation was granted or refused. */
  record Judged(Holder holder, long nonce, Verdict verdict) implements QuotaEffect {}

  /** A policy leaves no room for requests that run: they are to be stopped. */
  record Cut(List<RequestId> requests) implements QuotaEffect {}

  record Nothing() implements QuotaEffect {}
}
