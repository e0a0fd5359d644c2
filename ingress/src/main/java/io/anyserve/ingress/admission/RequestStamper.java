package io.anyserve.ingress.admission;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.runtime.ConfigSection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Names requests and gives them time, place and luck. Thread-safe if its parts are. */
public final class RequestStamper {

  private final InstantSource clock;
  private final RandomGenerator random;
  private final DeadlinePolicy waits;
  private final AtomicLong lastNamed = new AtomicLong();

  public RequestStamper(InstantSource clock, RandomGenerator random, DeadlinePolicy waits) {
    this.clock = clock;
    this.random = random;
    this.waits = waits;
  }

  /**
   * How long callers wait.
   *
   * @param standard where a caller says nothing
   * @param most whatever a caller says
   */
  public record DeadlinePolicy(Duration standard, Duration most) {

    public static final DeadlinePolicy DEFAULT =
        new DeadlinePolicy(Duration.ofMinutes(5), Duration.ofHours(1));

    public DeadlinePolicy {
      if (!standard.isPositive() || standard.compareTo(most) > 0) {
        throw new IllegalArgumentException(
            "deadline: " + standard + " (expected: above 0, at most " + most + ")");
      }
    }

    /** Mistakes become problems of the section. */
    public static DeadlinePolicy read(ConfigSection section) {
      Duration deadline =
          section.duration(
              "deadline",
              DEFAULT.standard,
              Duration.ofMillis(1),
              "Deadline of a request that sets none; at most `max-deadline`.");
      Duration most =
          section.duration(
              "max-deadline",
              DEFAULT.most,
              Duration.ofMillis(1),
              "Longest deadline of a request; a longer one is shortened to it.");
      return section.build(() -> new DeadlinePolicy(deadline, most), DEFAULT);
    }

    public Duration of(Optional<Duration> asked) {
      return asked
          .filter(wait -> wait.compareTo(most) < 0)
          .orElse(asked.isPresent() ? most : standard);
    }
  }

  /**
   * The next one.
   *
   * @param wait as the caller asks for it
   * @param address for its events; empty while this ingress reads none
   * @throws FailureException BROKER_UNAVAILABLE then
   */
  RequestStamp next(Optional<Duration> wait, Function<RequestId, Optional<ReplyTo>> address) {
    var now = clock.instant();
    return arrival(RequestId.nextOfIngress(now.toEpochMilli(), random), now, wait, address);
  }

  /** The next one, with a given name. No two of them have the same time, in milliseconds. */
  RequestStamp next(
      RequestId request, Optional<Duration> wait, Function<RequestId, Optional<ReplyTo>> address) {
    long now = clock.millis();
    long own = lastNamed.updateAndGet(last -> Math.max(last + 1, now));
    return arrival(request, Instant.ofEpochMilli(own), wait, address);
  }

  private RequestStamp arrival(
      RequestId request,
      Instant now,
      Optional<Duration> wait,
      Function<RequestId, Optional<ReplyTo>> address) {
    ReplyTo reply =
        address
            .apply(request)
            .orElseThrow(
                () ->
                    new FailureException(
                        FailureCode.BROKER_UNAVAILABLE,
                        "this ingress reads no reply partition yet"));
    return new RequestStamp(request, reply, now, waits.of(wait), random.nextLong());
  }
}
