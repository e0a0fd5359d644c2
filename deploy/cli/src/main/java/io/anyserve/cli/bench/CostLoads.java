package io.anyserve.cli.bench;

import java.util.List;

/**
 * Loads that differ in what they have most of, as scenarios.
 *
 * @param toml without the target
 */
record CostLoads(String name, String toml) {

  /** Tokens a second of each sequence, as the workers write them. */
  static final int TOKEN_RATE = 100;

  /** Words of a prompt, five bytes each. */
  static final int PROMPT = 150;

  static CostLoads warmUp(int seconds) {
    return of("warm-up", "pattern = \"closed\"\ncallers = 48", "uniform 1 60", seconds);
  }

  static List<CostLoads> all(int seconds) {
    return List.of(
        of("short answers", "pattern = \"poisson\"\nrate = 150", "1", seconds),
        of("single streams", "pattern = \"poisson\"\nrate = 4", "200", seconds),
        of("100 streams", "pattern = \"closed\"\ncallers = 100", "100", seconds),
        of("400 streams", "pattern = \"closed\"\ncallers = 400", "400", seconds));
  }

  private static CostLoads of(String name, String load, String answer, int seconds) {
    return new CostLoads(
        name,
        """
        [scenario]
        name = "%s"
        warm-up = "0s"
        duration = "%ds"
        [load]
        %s
        [[load.caller]]
        prompt-tokens = "%d"
        answer-tokens = "%s"
        """
            .formatted(name, seconds, load, PROMPT, answer));
  }
}
