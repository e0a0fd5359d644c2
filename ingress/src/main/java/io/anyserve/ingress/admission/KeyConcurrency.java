package io.anyserve.ingress.admission;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.ingress.response.RequestLifecycleListener;
import io.anyserve.runtime.auth.StoredKeys;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests of a key that has its limit in flight on this ingress. Each ingress counts by
 * itself, so a key with limit {@code n} has at most {@code n} times as many in flight as there are
 * ingresses. Thread-safe.
 *
 * <pre>
 * requests that passed = unused + ended + in flight
 * </pre>
 */
public final class KeyConcurrency implements RequestLifecycleListener {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final StoredKeys keys;
  private final RequestLifecycleListener next;
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
  private final Map<RequestId, AtomicInteger> inFlight = new ConcurrentHashMap<>();

  /**
   * @param next hears of the same requests
   */
  public KeyConcurrency(StoredKeys keys, RequestLifecycleListener next) {
    this.keys = keys;
    this.next = next;
  }

  /**
   * Counts what passes, and asks {@code then} about it.
   *
   * @param open whether a request's stream is open. One that was closed before it was counted is
   *     not heard of any more, and must not stay counted.
   */
  public AdmissionPolicy policy(AdmissionPolicy then, Predicate<RequestId> open) {
    return (request, callbacks) -> {
      OptionalInt most = limit(request);
      if (most.isPresent() && !acquire(request, most.getAsInt())) {
        callbacks.refused().accept(refusal(request, most.getAsInt()));
        return;
      }
      if (most.isPresent() && !open.test(request.id())) {
        release(request.id());
      }
      then.pass(request, callbacks);
    };
  }

  private OptionalInt limit(InferenceRequest request) {
    return keys.find(request.context().apiKey())
        .map(StoredKey::concurrency)
        .orElse(OptionalInt.empty());
  }

  private boolean acquire(InferenceRequest request, int most) {
    AtomicInteger count =
        counts.computeIfAbsent(request.context().apiKey(), _ -> new AtomicInteger());
    if (count.getAndUpdate(now -> now < most ? now + 1 : now) >= most) {
      return false;
    }
    if (inFlight.putIfAbsent(request.id(), count) != null) {
      count.decrementAndGet();
    }
    return true;
  }

  private void release(RequestId request) {
    @Nullable AtomicInteger count = inFlight.remove(request);
    if (count != null) {
      count.decrementAndGet();
    }
  }

  private static Failure refusal(InferenceRequest request, int most) {
    String key = request.context().apiKey();
    return new Failure(
        FailureCode.RATE_LIMITED,
        "concurrency of key %s: %d in flight (expected: fewer than %d)".formatted(key, most, most),
        Optional.of(
            new Failure.Hint(
                Optional.of(RETRY_AFTER),
                Map.of(
                    "scope",
                    request.context().tenant() + "/key/" + key,
                    "measure",
                    "concurrency",
                    "limit",
                    Integer.toString(most)))));
  }

  @Override
  public void unused(RequestId request) {
    release(request);
    next.unused(request);
  }

  @Override
  public void ended(RequestId request) {
    release(request);
    next.ended(request);
  }
}
