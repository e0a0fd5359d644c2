package io.anyserve.ingress.quota;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.quota.QuotaEvent.PolicyChanged;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaPolicy;
import io.anyserve.quota.QuotaScope;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The quotas that are set and removed together with a key. Blocks. */
public record KeyQuotas(RequestPublisher requests) {

  /** Returns when the limits are in the log; none changes nothing. */
  public void limit(StoredKey key, List<QuotaLimit> limits) throws InterruptedException {
    if (!limits.isEmpty()) {
      write(key, limits);
    }
  }

  /** Returns when the key has no quota any more. */
  public void remove(StoredKey key) throws InterruptedException {
    write(key, List.of());
  }

  private void write(StoredKey key, List<QuotaLimit> limits) throws InterruptedException {
    var scope = new QuotaScope.OfKey(key.grant().tenant(), key.id());
    var written = new CompletableFuture<Optional<Failure>>();
    requests.quota(new PolicyChanged(new QuotaPolicy(scope, limits)), written::complete);
    Optional<Failure> failure = await(written);
    if (failure.isPresent()) {
      throw new FailureException(failure.get(), null);
    }
  }

  private static Optional<Failure> await(CompletableFuture<Optional<Failure>> written)
      throws InterruptedException {
    try {
      return written.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the publisher answers with a failure", e);
    }
  }
}
