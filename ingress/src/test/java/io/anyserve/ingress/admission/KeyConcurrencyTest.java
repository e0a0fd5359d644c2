package io.anyserve.ingress.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.KeyCodec;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyHash;
import io.anyserve.contracts.key.KeyHashes;
import io.anyserve.contracts.key.KeyValidity;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.ingress.response.RequestLifecycleListener;
import io.anyserve.runtime.auth.StoredKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many requests of a key are in flight. */
final class KeyConcurrencyTest {

  private static final String LIMITED = "limited";
  private static final String FREE = "free";

  private final StoredKeys keys = new StoredKeys();
  private final KeyConcurrency concurrency =
      new KeyConcurrency(keys, RequestLifecycleListener.IGNORED);
  private final Set<RequestId> closed = new HashSet<>();
  private final List<Long> passed = new ArrayList<>();
  private final List<Failure> refused = new ArrayList<>();

  @BeforeEach
  void readKeys() {
    keys.begin();
    take(LIMITED, OptionalInt.of(2));
    take(FREE, OptionalInt.empty());
    keys.caughtUp();
  }

  @Test
  void oneMoreThanTheLimitIsRefusedUntilOneEnds() {
    pass(LIMITED, 1);
    pass(LIMITED, 2);
    pass(LIMITED, 3);

    assertEquals(List.of(1L, 2L), passed);
    Failure failure = refused.getFirst();
    assertEquals(
        "RATE_LIMITED: concurrency of key limited: 2 in flight (expected: fewer than 2)",
        failure.toString());
    Failure.Hint hint = failure.hint().orElseThrow();
    assertTrue(hint.retryAfter().isPresent());
    assertEquals("acme/key/limited", hint.about().get("scope"));

    concurrency.unused(id(3)); // as its stream says it when it is refused
    pass(LIMITED, 4);
    assertEquals(List.of(1L, 2L), passed, "a refusal frees nothing");
    concurrency.ended(id(1));
    pass(LIMITED, 5);
    concurrency.unused(id(2));
    pass(LIMITED, 6);
    pass(LIMITED, 7);
    assertEquals(List.of(1L, 2L, 5L, 6L), passed);
  }

  @Test
  void otherKeysAndAnonymousCallersAreNotCounted() {
    for (int i = 0; i < 10; i++) {
      pass(FREE, i);
      pass("", 100 + i);
      pass("of-the-settings", 200 + i);
    }
    assertEquals(30, passed.size());
    assertEquals(List.of(), refused);
  }

  @Test
  void aRequestWhoseStreamIsClosedAlreadyIsNotCounted() {
    for (int i = 0; i < 10; i++) {
      closed.add(id(i));
      pass(LIMITED, i);
    }
    assertEquals(10, passed.size());
  }

  @Test
  void aRepeatedRequestCountsOnce() {
    pass(LIMITED, 1);
    pass(LIMITED, 1);
    pass(LIMITED, 2);
    assertEquals(List.of(1L, 1L, 2L), passed);
    concurrency.ended(id(1));
    pass(LIMITED, 3);
    pass(LIMITED, 4);
    assertEquals(List.of(1L, 1L, 2L, 3L), passed);
  }

  @Test
  void aLowerLimitHoldsFromTheNextRequestOn() {
    pass(LIMITED, 1);
    pass(LIMITED, 2);
    take(LIMITED, OptionalInt.of(1));
    concurrency.ended(id(1));
    pass(LIMITED, 3);
    concurrency.ended(id(2));
    pass(LIMITED, 4);
    assertEquals(List.of(1L, 2L, 4L), passed);
  }

  @Test
  void noMoreThanTheLimitPassAtOnceFromManyThreads() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger all = new AtomicInteger();
    AdmissionPolicy policy =
        concurrency.policy(
            (request, _) -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              all.incrementAndGet();
              now.decrementAndGet();
              concurrency.ended(request.id());
            },
            _ -> true);
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 10_000; i++) {
        InferenceRequest request = request(LIMITED, i);
        var callbacks = new AdmissionPolicy.Callbacks(_ -> {}, _ -> {}, _ -> {});
        threads.execute(() -> policy.pass(request, callbacks));
      }
    }
    assertTrue(most.get() <= 2, () -> most + " at once");
    assertTrue(all.get() > 0);
    pass(LIMITED, 1);
    pass(LIMITED, 2);
    assertEquals(List.of(1L, 2L), passed, "nothing is left counted");
  }

  private void pass(String key, long number) {
    concurrency
        .policy(
            (request, callbacks) -> callbacks.passed().accept(request),
            request -> !closed.contains(request))
        .pass(
            request(key, number),
            new AdmissionPolicy.Callbacks(_ -> passed.add(number), refused::add, _ -> {}));
  }

  private static RequestId id(long number) {
    return new RequestId(1, number);
  }

  private static InferenceRequest request(String key, long number) {
    return new InferenceRequest(
        id(number),
        new RequestContext(
            new TenantId("acme"),
            new SessionId("s"),
            key,
            new Capability("story"),
            Map.of(),
            Instant.EPOCH,
            false),
        new Payload.Text("Once"),
        GenerationParameters.greedy(3),
        RoutingMetadata.interactive(new ReplyTo(0, 0), Instant.EPOCH));
  }

  private void take(String id, OptionalInt limit) {
    StoredKey key =
        new StoredKey(
            id,
            new KeyHashes(new KeyHash("0".repeat(32), "0".repeat(64))),
            new KeyGrant(new TenantId("acme"), "", KeyGrant.USUAL_SCOPES),
            new KeyValidity(true, Instant.EPOCH, Optional.empty()),
            limit);
    keys.read(new ConsumerRecord<>("keys", 0, 0, KeyCodec.key(id), KeyCodec.encode(key)));
  }
}
