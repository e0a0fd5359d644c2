package io.anyserve.ingress.access;

import io.anyserve.runtime.auth.Caller;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * Limits the calls of a key, or of an address where there is no key, at this ingress. A caller may
 * make a minute's calls at once; they come back evenly over the minute. Of callers that are quiet
 * the oldest are forgotten when there are too many, and start afresh. Thread-safe.
 */
public final class CallLimits {

  /** Some 20 MB at most. */
  static final int MOST_CALLERS = 65_536;

  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final OptionalInt perMinute;
  private final NanoClock clock;
  private final Map<String, Bucket> callers;

  /**
   * @param perMinute empty where nothing is limited
   * @param nanos as {@link System#nanoTime}
   */
  public CallLimits(OptionalInt perMinute, LongSupplier nanos) {
    this(perMinute, nanos, MOST_CALLERS);
  }

  CallLimits(OptionalInt perMinute, LongSupplier nanos, int mostCallers) {
    this.perMinute = perMinute;
    this.clock = new NanoClock(nanos);
    this.callers = new RecentCallers(mostCallers);
  }

  /** Without limits. */
  public static CallLimits none() {
    return new CallLimits(OptionalInt.empty(), System::nanoTime);
  }

  /** Counts a call; empty where nothing is limited. A call that is refused counts for nothing. */
  public Optional<CallRate> count(Caller caller, ClientAddress from) {
    if (perMinute.isEmpty()) {
      return Optional.empty();
    }
    ConsumptionProbe probe = bucket(name(caller, from)).tryConsumeAndReturnRemaining(1);
    return Optional.of(
        new CallRate(
            probe.isConsumed(),
            perMinute.getAsInt(),
            probe.getRemainingTokens(),
            Duration.ofNanos(probe.getNanosToWaitForReset()),
            Duration.ofNanos(probe.getNanosToWaitForRefill())));
  }

  private static String name(Caller caller, ClientAddress from) {
    return caller.keyId().isEmpty() ? "address " + from.network() : "key " + caller.keyId();
  }

  private Bucket bucket(String name) {
    synchronized (callers) {
      return callers.computeIfAbsent(name, _ -> newBucket());
    }
  }

  private Bucket newBucket() {
    int calls = perMinute.getAsInt();
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(calls).refillGreedy(calls, WINDOW))
        .withCustomTimePrecision(clock)
        .build();
  }

  /** Forgets who called longest ago. */
  private static final class RecentCallers extends LinkedHashMap<String, Bucket> {

    private static final long serialVersionUID = 1L;
    private static final float LOAD = 0.75f;

    private final int most;

    RecentCallers(int most) {
      super(16, LOAD, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
      return size() > most;
    }
  }
}
