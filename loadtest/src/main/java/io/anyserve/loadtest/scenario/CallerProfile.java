package io.anyserve.loadtest.scenario;

import java.time.Duration;
import java.util.Optional;

/**
 * One kind of callers.
 *
 * @param weight share of all callers, relative to the other weights
 * @param keyVariable environment variable with their API key; empty for the key of the run
 * @param tenant of submissions to the topic; empty for the default one
 * @param prompt what each asks for
 * @param turns of a conversation, each with all that was said before; 1 for single requests
 * @param think from the end of an answer to the next turn
 * @param leaving those who hang up early
 * @param slow those who read slowly
 */
public record CallerProfile(
    String name,
    double weight,
    String capability,
    Optional<String> keyVariable,
    Optional<String> tenant,
    Prompts prompt,
    LengthDistribution turns,
    Duration think,
    Leaving leaving,
    Slow slow) {

  public CallerProfile {
    if (!(weight > 0)) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: > 0)");
    }
  }

  /** Those whose requests lie in a backlog. */
  public static CallerProfile ofBacklog(Scenario.Backlog backlog) {
    LengthDistribution one = new LengthDistribution.Fixed(1);
    return new CallerProfile(
        "backlog",
        1,
        backlog.capability(),
        Optional.empty(),
        Optional.empty(),
        new Prompts(backlog.prompt(), 0, backlog.answer()),
        one,
        Duration.ZERO,
        new Leaving(0, one),
        new Slow(0, Duration.ZERO));
  }

  /**
   * What is asked for.
   *
   * @param shared tokens at the beginning of every prompt that are the same for all
   */
  public record Prompts(LengthDistribution tokens, int shared, LengthDistribution answer) {}

  /**
   * A share of callers hangs up after so many chunks.
   *
   * @param share 0 to 1
   */
  public record Leaving(double share, LengthDistribution after) {}

  /**
   * A share of callers pauses after each chunk.
   *
   * @param share 0 to 1
   */
  public record Slow(double share, Duration pause) {}
}
