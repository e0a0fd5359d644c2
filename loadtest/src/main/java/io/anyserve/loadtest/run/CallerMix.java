package io.anyserve.loadtest.run;

import io.anyserve.loadtest.scenario.CallerProfile;
import io.anyserve.loadtest.scenario.Traffic;
import io.anyserve.loadtest.trace.TraceRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Draws callers by the weights of their profiles. The n-th caller of a seed is always the same.
 * Thread-safe.
 */
final class CallerMix {

  private static final int SHARED_SESSIONS = 64;
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  private final List<CallerProfile> profiles;
  private final Map<String, String> keys;
  private final String session;
  private final long seed;
  private final double weights;
  private final AtomicLong callers = new AtomicLong();

  /**
   * @param keys API keys by the names of profiles
   * @param session beginning of the sessions' names: usage is totalled by them
   */
  CallerMix(List<CallerProfile> profiles, Map<String, String> keys, String session, long seed) {
    this.profiles = List.copyOf(profiles);
    this.keys = Map.copyOf(keys);
    this.session = session;
    this.seed = seed;
    this.weights = profiles.stream().mapToDouble(CallerProfile::weight).sum();
  }

  CallerSession next() {
    long number = callers.getAndIncrement();
    SplittableRandom random = random(number);
    CallerProfile profile = profile(random);
    return CallerSession.of(profile, id(number), key(profile), random);
  }

  CallerSession next(TraceRequest request, Traffic.Limits limits) {
    long number = callers.getAndIncrement();
    SplittableRandom random = random(number);
    CallerProfile profile = profile(random);
    return CallerSession.replaying(profile, id(number), key(profile), random, request, limits);
  }

  private SplittableRandom random(long number) {
    return new SplittableRandom(seed * MIX + number);
  }

  private String id(long number) {
    return session + "-" + number % SHARED_SESSIONS;
  }

  private Optional<String> key(CallerProfile profile) {
    return Optional.ofNullable(keys.get(profile.name()));
  }

  private CallerProfile profile(SplittableRandom random) {
    double drawn = random.nextDouble() * weights;
    for (CallerProfile profile : profiles) {
      drawn -= profile.weight();
      if (drawn < 0) {
        return profile;
      }
    }
    return profiles.getLast();
  }
}
