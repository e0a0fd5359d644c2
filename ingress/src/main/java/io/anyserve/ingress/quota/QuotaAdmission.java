package io.anyserve.ingress.quota;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.ingress.admission.AdmissionPolicy;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.response.RequestLifecycleListener;
import io.anyserve.quota.QuotaEvent.Release;
import io.anyserve.quota.QuotaEvent.Reserve;
import io.anyserve.quota.QuotaReplica;
import io.anyserve.quota.QuotaRequest;
import io.anyserve.quota.QuotaStatus;
import io.anyserve.quota.QuotaSubject;
import io.anyserve.quota.QuotaTransition;
import io.anyserve.quota.QuotaTransition.Nothing;
import io.anyserve.quota.ReservationDecision;
import io.anyserve.quota.ReservationDecision.Granted;
import io.anyserve.quota.ReservationDecision.Refused;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets requests of limited tenants pass once the log says that their quotas have room: it writes a
 * reservation, and waits until it reads that record itself. Requests that nothing limits pass at
 * once. Thread-safe.
 *
 * <pre>
 * limited -- Reserve written -->    waiting
 * waiting -- read, granted -->      passed, held until its stream is gone
 * waiting -- read, refused -->      refused
 * waiting -- late, not written -->  refused, Release written
 * held    -- not published -->      Release written
 * held    -- policy leaves none --> its work is cancelled
 * </pre>
 */
public final class QuotaAdmission implements AdmissionPolicy, RequestLifecycleListener, Component {

  private static final Logger log = LoggerFactory.getLogger(QuotaAdmission.class);

  /** What is held longer than its request can run is free again. */
  private static final Duration SLACK = Duration.ofMinutes(10);

  /** Between two looks for reservations that are overdue. */
  private static final long TICK = Duration.ofMillis(100).toNanos();

  private final QuotaConfig settings;
  private final TokenEstimator estimate;
  private final RequestPublisher requests;
  private final PriceTable prices;
  private final QuotaReplica quotas;
  private final Clocks clocks;
  private final Map<RequestId, Waiting> waiting = new ConcurrentHashMap<>();
  private final Map<RequestId, HeldReservation> held = new ConcurrentHashMap<>();
  private final Thread watcher = Thread.ofVirtual().name("quota-gate").unstarted(this::watch);
  private volatile boolean stopping;

  /**
   * Time and luck.
   *
   * @param nanos for what passes here
   * @param random source of nonces
   */
  public record Clocks(InstantSource wall, LongSupplier nanos, LongSupplier random) {}

  private record Waiting(
      InferenceRequest request, long nonce, long until, AdmissionPolicy.Callbacks callbacks) {}

  private record HeldReservation(TenantId tenant, long nonce) {}

  /** Inert until started. */
  public QuotaAdmission(
      QuotaConfig settings,
      KafkaClients kafka,
      TopicNames topics,
      RequestPublisher requests,
      PriceTable prices,
      Clocks clocks) {
    this.settings = settings;
    this.estimate = new TokenEstimator(settings.bytesPerToken());
    this.requests = requests;
    this.prices = prices;
    this.quotas =
        new QuotaReplica(kafka, topics, "ingress", settings.snapshots(), this::onDecision);
    this.clocks = clocks;
  }

  @Override
  public void start() throws Exception {
    quotas.start();
    watcher.start();
  }

  @Override
  public Health health() {
    return quotas.health();
  }

  /**
   * The quotas of a tenant now.
   *
   * @throws FailureException BROKER_UNAVAILABLE while nobody can know
   */
  public QuotaStatus view(TenantId tenant) {
    return quotas.view(tenant, clocks.wall().instant());
  }

  @Override
  public void pass(InferenceRequest request, AdmissionPolicy.Callbacks callbacks) {
    QuotaSubject subject = QuotaSubject.of(request.id(), request.context());
    boolean limited;
    try {
      limited = quotas.limits(subject);
    } catch (FailureException e) {
      turnAway(request, callbacks, e.failure());
      return;
    }
    if (limited) {
      callbacks.limits().accept(() -> quotas.tightest(subject, clocks.wall().instant()));
      reserve(request, subject, callbacks);
    } else {
      callbacks.passed().accept(request);
    }
  }

  private void turnAway(
      InferenceRequest request, AdmissionPolicy.Callbacks callbacks, Failure why) {
    if (settings.failOpen()) {
      callbacks.passed().accept(request);
    } else {
      callbacks.refused().accept(QuotaErrors.unknown(why.message()));
    }
  }

  private void reserve(
      InferenceRequest request, QuotaSubject subject, AdmissionPolicy.Callbacks callbacks) {
    long nonce = clocks.random().getAsLong();
    long until = clocks.nanos().getAsLong() + RequestPublisher.DECIDED.toNanos();
    waiting.put(request.id(), new Waiting(request, nonce, until, callbacks));
    LockSupport.unpark(watcher);
    held.put(request.id(), new HeldReservation(subject.tenant(), nonce));
    Instant now = clocks.wall().instant();
    Instant expires = request.routing().deadline().orElse(now).plus(SLACK);
    requests.quota(
        new Reserve(subject, nonce, requested(request, subject, now), expires),
        failure -> failure.ifPresent(why -> giveUp(request.id(), nonce, why.message())));
  }

  private QuotaRequest requested(InferenceRequest request, QuotaSubject subject, Instant now) {
    Price price =
        quotas.limitsCost(subject)
            ? prices.dearest(request.context().capability(), now)
            : QuotaRequest.FREE;
    return estimate.of(request, price);
  }

  /** From the log's thread: no fault here may end it. */
  private void onDecision(QuotaTransition effect) {
    try {
      switch (effect) {
        case QuotaTransition.Decided judged -> judged(judged);
        case QuotaTransition.Revoked(List<RequestId> cut) -> cut.forEach(this::cut);
        case Nothing _ -> {}
      }
    } catch (RuntimeException | Error e) {
      log.error("Failed to handle a quota decision", e);
    }
  }

  private void judged(QuotaTransition.Decided judged) {
    @Nullable Waiting waiter = take(judged.subject().request(), judged.nonce());
    if (waiter != null) {
      telling(waiter, () -> answer(waiter, judged.verdict()));
    }
  }

  /** Nothing else waits for its answer any more: it gets one whatever is thrown. */
  private static void telling(Waiting waiter, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      log.error(
          "Failed to finish the quota check of request {}; it is refused",
          waiter.request().id(),
          e);
      waiter.callbacks().refused().accept(Failure.unforeseen());
    }
  }

  private @Nullable Waiting take(RequestId request, long nonce) {
    @Nullable Waiting waiter = waiting.get(request);
    return waiter != null && waiter.nonce() == nonce && waiting.remove(request, waiter)
        ? waiter
        : null;
  }

  private void answer(Waiting waiter, ReservationDecision verdict) {
    switch (verdict) {
      case Granted(var budget) ->
          waiter.callbacks().passed().accept(waiter.request().reserved(budget));
      case Refused refused -> {
        held.remove(waiter.request().id());
        waiter.callbacks().refused().accept(QuotaErrors.of(refused, clocks.wall().instant()));
      }
    }
  }

  /** The worker stops it with the next token; what it has used counts. */
  private void cut(RequestId request) {
    if (held.containsKey(request)) {
      requests.cancel(request, CancelReason.QUOTA, _ -> {});
    }
  }

  private void giveUp(RequestId request, long nonce, String why) {
    @Nullable Waiting waiter = take(request, nonce);
    if (waiter != null) {
      telling(
          waiter,
          () -> {
            unused(request);
            turnAway(waiter.request(), waiter.callbacks(), QuotaErrors.unknown(why));
          });
    }
  }

  @Override
  public void unused(RequestId request) {
    @Nullable HeldReservation released = held.remove(request);
    if (released != null) {
      requests.quota(new Release(released.tenant(), request, released.nonce()), _ -> {});
    }
  }

  @Override
  public void ended(RequestId request) {
    held.remove(request);
  }

  /** Sleeps while no reservation is under way. */
  private void watch() {
    while (!stopping) {
      if (waiting.isEmpty()) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, TICK);
        waiting.forEach(this::giveUpLate);
      }
    }
  }

  /** No fault of one caller's connection may keep the others waiting. */
  private void giveUpLate(RequestId request, Waiting waiter) {
    try {
      if (clocks.nanos().getAsLong() - waiter.until() >= 0) {
        giveUp(request, waiter.nonce(), "the reservation did not come back from the log");
      }
    } catch (RuntimeException | Error e) {
      log.error("Failed to refuse request {}", request, e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    LockSupport.unpark(watcher);
    quotas.close();
  }
}
