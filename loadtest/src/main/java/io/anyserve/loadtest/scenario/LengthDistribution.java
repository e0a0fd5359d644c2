package io.anyserve.loadtest.scenario;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** How long something is, in tokens, turns or chunks: a whole number of at least 1. */
public sealed interface LengthDistribution {

  String FORMS =
      "a number, \"uniform LEAST MOST\", \"normal MEAN DEVIATION\", \"lognormal MEDIAN SIGMA\" or"
          + " \"exponential MEAN\"";
  int MOST = 1_000_000;

  int draw(RandomGenerator random);

  /** Always the same. */
  record Fixed(int value) implements LengthDistribution {

    public Fixed {
      require(value >= 1 && value <= MOST, Integer.toString(value), "1 to " + MOST);
    }

    @Override
    public int draw(RandomGenerator random) {
      return value;
    }
  }

  /** Each number is as likely. */
  record Uniform(int least, int most) implements LengthDistribution {

    public Uniform {
      require(
          least >= 1 && most >= least && most <= MOST, least + " " + most, "1 <= LEAST <= MOST");
    }

    @Override
    public int draw(RandomGenerator random) {
      return random.nextInt(least, most + 1);
    }
  }

  /** Cut off at 1. */
  record Normal(double mean, double deviation) implements LengthDistribution {

    public Normal {
      require(mean > 0 && deviation >= 0, mean + " " + deviation, "MEAN > 0, DEVIATION >= 0");
    }

    @Override
    public int draw(RandomGenerator random) {
      return whole(mean + deviation * random.nextGaussian());
    }
  }

  /** The logarithm is normal, as the lengths of prompts often are. */
  record LogNormal(double median, double sigma) implements LengthDistribution {

    public LogNormal {
      require(median > 0 && sigma >= 0, median + " " + sigma, "MEDIAN > 0, SIGMA >= 0");
    }

    @Override
    public int draw(RandomGenerator random) {
      return whole(median * Math.exp(sigma * random.nextGaussian()));
    }
  }

  /** Short ones are the most likely. */
  record Exponential(double mean) implements LengthDistribution {

    public Exponential {
      require(mean > 0, Double.toString(mean), "MEAN > 0");
    }

    @Override
    public int draw(RandomGenerator random) {
      return whole(-mean * Math.log(1 - random.nextDouble()));
    }
  }

  /** Throws IllegalArgumentException for what is none of the {@link #FORMS}. */
  static LengthDistribution parse(String text) {
    List<String> words = Arrays.asList(text.strip().split("\\s+"));
    try {
      return switch (words.getFirst() + " " + (words.size() - 1)) {
        case "uniform 2" ->
            new Uniform(Integer.parseInt(words.get(1)), Integer.parseInt(words.get(2)));
        case "normal 2" ->
            new Normal(Double.parseDouble(words.get(1)), Double.parseDouble(words.get(2)));
        case "lognormal 2" ->
            new LogNormal(Double.parseDouble(words.get(1)), Double.parseDouble(words.get(2)));
        case "exponential 1" -> new Exponential(Double.parseDouble(words.get(1)));
        default -> new Fixed(Integer.parseInt(text.strip()));
      };
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" (expected: " + FORMS + ")", e);
    }
  }

  private static int whole(double drawn) {
    return Math.clamp(Math.round(drawn), 1, MOST);
  }

  private static void require(boolean right, String found, String expected) {
    if (!right) {
      throw new IllegalArgumentException("\"" + found + "\" (expected: " + expected + ")");
    }
  }
}
