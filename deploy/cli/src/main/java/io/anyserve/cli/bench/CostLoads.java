package io.anyserve.cli.bench;

import java.util.List;

/**
 * Loads that differ in what they have most of, as scenarios. They are busy ones: at low rates each
 * record has calls of its own, which no large system has.
 *
 * @param toml without the target
 */
record CostLoads(String name, String toml) {

  /** Tokens a second of each sequence, as the workers write them. */
  static final int TOKEN_RATE = 100;

  /** Words of a prompt, five bytes each. */
  static final int PROMPT = 150;

  /** With one worker, whose steps bring chunks for many streams. */
  static List<CostLoads> ofOneWorker(int seconds) {
    return List.of(
        of("400 requests/s", "pattern = \"poisson\"\nrate = 400", "1", seconds),
        streams("500 streams", seconds));
  }

  /** With several workers the same chunks are in more records. */
  static List<CostLoads> ofManyWorkers(int seconds) {
    return List.of(streams("500, 6 workers", seconds));
  }

  private static CostLoads streams(String name, int seconds) {
    return of(name, "pattern = \"closed\"\ncallers = 500", "400", seconds);
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
