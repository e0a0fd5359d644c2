package io.anyserve.worker.torch.model;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The rotary positions of a model.
 *
 * @param theta base of the angles
 * @param size numbers of a head that are turned, the first ones, even
 */
public record Rope(double theta, int size, RopeScaling scaling) {

  /**
   * The angle of position p and pair j is {@code p * base^(-2j / size) / divisors[j]}.
   *
   * @param magnitude what cosines and sines are multiplied with
   */
  public record Angles(double base, List<Double> divisors, double magnitude) {

    public Angles {
      divisors = List.copyOf(divisors);
    }
  }

  public Rope {
    require(theta > 0, "ropeTheta", theta, "> 0");
    require(size >= 2 && size % 2 == 0, "rotary size", size, "an even number >= 2");
    if (scaling instanceof RopeScaling.LongRope scaled) {
      requirePairs("short_factor", scaled.shortFactors(), size);
      requirePairs("long_factor", scaled.longFactors(), size);
    }
  }

  /** Angles as they are. */
  public static Rope plain(double theta, int size) {
    return new Rope(theta, size, new RopeScaling.None());
  }

  /**
   * The angles for sequences of at most that length. Where transformers changes them when a
   * sequence outgrows the trained length, the longest possible sequence decides here for all, since
   * keys in the cache cannot be turned again.
   */
  public Angles angles(int length) {
    return switch (scaling) {
      case RopeScaling.None _ -> divided(_ -> 1, 1);
      case RopeScaling.Linear linear -> divided(_ -> linear.factor(), 1);
      case RopeScaling.Dynamic dynamic -> new Angles(base(dynamic, length), divisors(_ -> 1), 1);
      case RopeScaling.Llama3 scaled -> divided(pair -> divisor(scaled, pair), 1);
      case RopeScaling.Yarn yarn -> divided(pair -> divisor(yarn, pair), yarn.magnitude());
      case RopeScaling.LongRope scaled ->
          new Angles(
              theta,
              length > scaled.trained() ? scaled.longFactors() : scaled.shortFactors(),
              scaled.magnitude());
    };
  }

  private Angles divided(IntToDoubleFunction divisor, double magnitude) {
    return new Angles(theta, divisors(divisor), magnitude);
  }

  private List<Double> divisors(IntToDoubleFunction divisor) {
    return IntStream.range(0, size / 2).mapToDouble(divisor).boxed().toList();
  }

  private double base(RopeScaling.Dynamic dynamic, int length) {
    double stretch = (double) Math.max(length, dynamic.trained()) / dynamic.trained();
    double growth = dynamic.factor() * stretch - (dynamic.factor() - 1);
    return theta * Math.pow(growth, size / (size - 2.0));
  }

  private double divisor(RopeScaling.Llama3 scaled, int pair) {
    double waves = scaled.trained() / (2 * Math.PI * Math.pow(theta, 2.0 * pair / size));
    if (waves > scaled.high()) {
      return 1;
    }
    if (waves < scaled.low()) {
      return scaled.factor();
    }
    double kept = (waves - scaled.low()) / (scaled.high() - scaled.low());
    return 1 / ((1 - kept) / scaled.factor() + kept);
  }

  private double divisor(RopeScaling.Yarn yarn, int pair) {
    double low = pairThatTurns(yarn.fast(), yarn.trained());
    double high = pairThatTurns(yarn.slow(), yarn.trained());
    if (yarn.whole()) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, size - 1);
    double ramp = Math.clamp((pair - low) / (high == low ? 0.001 : high - low), 0, 1);
    return 1 / (ramp / yarn.factor() + 1 - ramp);
  }

  /** The pair, with a fraction, that turns so many times within a length. */
  private double pairThatTurns(double times, int length) {
    return size * Math.log(length / (times * 2 * Math.PI)) / (2 * Math.log(theta));
  }

  private static void requirePairs(String name, List<Double> factors, int size) {
    require(factors.size() == size / 2, name, factors.size() + " numbers", size / 2 + " numbers");
    require(factors.stream().allMatch(factor -> factor > 0), name, factors, "numbers > 0");
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
