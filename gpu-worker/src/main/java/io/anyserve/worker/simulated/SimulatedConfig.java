package io.anyserve.worker.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the simulated engine behaves.
 *
 * @param tokenRate tokens per second of each sequence, 0 for as fast as it goes
 * @param prefill from admission to the first token
 * @param load from loading to the first token of anything: what a model switch costs
 * @param contextLength tokens of prompt and answer together, 0 for no limit
 * @param prefixCache tokens of prompts that the engine remembers, 0 for no cache: a prompt that
 *     begins as one before it needs no prefill for that part
 * @param echo the answer is the input, one payload of one token
 * @param faults what prompts may break, for fault tests
 */
public record SimulatedConfig(
    double tokenRate,
    Duration prefill,
    Duration load,
    int contextLength,
    int prefixCache,
    boolean echo,
    Faults faults) {

  public static final SimulatedConfig UNLIMITED =
      new SimulatedConfig(0, Duration.ZERO, Duration.ZERO, 0, 0, false, Faults.NONE);

  private static final Set<String> KEYS =
      new TreeSet<>(
          List.of(
              "token-rate",
              "prefill-ms",
              "load-ms",
              "context-length",
              "prefix-cache",
              "echo",
              "crash-on",
              "fail-on",
              "fault-after"));

  /**
   * Prompts that break the worker, for fault tests; off where the texts are empty.
   *
   * @param crashOn a prompt with this text ends the process at once, as kill -9 would
   * @param failOn a prompt with this text makes the whole engine fail
   * @param afterTokens written before that happens
   */
  public record Faults(String crashOn, String failOn, int afterTokens) {

    public static final Faults NONE = new Faults("", "", 0);

    boolean crashes(String prompt) {
      return !crashOn.isEmpty() && prompt.contains(crashOn);
    }

    boolean fails(String prompt) {
      return !failOn.isEmpty() && prompt.contains(failOn);
    }
  }

  public SimulatedConfig {
    require(tokenRate >= 0 && tokenRate <= 1e6, "token-rate", tokenRate, "0 to 1000000");
    require(!prefill.isNegative(), "prefill-ms", prefill.toMillis(), ">= 0");
    require(!load.isNegative(), "load-ms", load.toMillis(), ">= 0");
    require(contextLength >= 0, "context-length", contextLength, ">= 0");
    require(prefixCache >= 0, "prefix-cache", prefixCache, ">= 0");
    require(faults.afterTokens() >= 0, "fault-after", faults.afterTokens(), ">= 0");
  }

  /**
   * Reads the options of an engine; all are optional.
   *
   * @throws IllegalArgumentException naming every option that is wrong
   */
  public static SimulatedConfig of(Map<String, String> options) {
    List<String> mistakes = new ArrayList<>();
    options.keySet().stream()
        .filter(key -> !KEYS.contains(key))
        .sorted()
        .forEach(
            key -> mistakes.add("engine." + key + ": unknown (expected: one of " + KEYS + ")"));
    double rate = number(options, "token-rate", mistakes);
    double prefill = number(options, "prefill-ms", mistakes);
    double load = number(options, "load-ms", mistakes);
    double context = number(options, "context-length", mistakes);
    double prefixCache = number(options, "prefix-cache", mistakes);
    double after = number(options, "fault-after", mistakes);
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", mistakes));
    }
    return new SimulatedConfig(
        rate,
        Duration.ofMillis((long) prefill),
        Duration.ofMillis((long) load),
        (int) context,
        (int) prefixCache,
        Boolean.parseBoolean(options.get("echo")),
        new Faults(
            options.getOrDefault("crash-on", ""),
            options.getOrDefault("fail-on", ""),
            (int) after));
  }

  private static double number(Map<String, String> options, String key, List<String> mistakes) {
    String text = options.getOrDefault(key, "0");
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      mistakes.add("engine." + key + ": \"" + text + "\" (expected: a number)");
      return 0;
    }
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "engine." + name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
