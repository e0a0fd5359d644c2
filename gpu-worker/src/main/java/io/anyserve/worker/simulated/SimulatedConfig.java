package io.anyserve.worker.simulated;

import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.worker.engine.EngineConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

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
 * @param embeddingDimensions of the vectors that it makes of texts, 0 to write text
 * @param faults what prompts may break, for fault tests
 */
public record SimulatedConfig(
    double tokenRate,
    Duration prefill,
    Duration load,
    int contextLength,
    int prefixCache,
    boolean echo,
    int embeddingDimensions,
    Faults faults) {

  private static final double MAX_RATE = 1e6;

  public static final SimulatedConfig UNLIMITED =
      new SimulatedConfig(0, Duration.ZERO, Duration.ZERO, 0, 0, false, 0, Faults.NONE);

  /**
   * Prompts that break the worker, for fault tests; off where the texts are empty.
   *
   * @param crashOn a prompt with this text ends the process at once, as kill -9 would
   * @param failOn a prompt with this text makes the whole engine fail
   * @param afterTokens written before that happens, or vectors
   */
  public record Faults(String crashOn, String failOn, int afterTokens) {

    public static final Faults NONE = new Faults("", "", 0);

    private static final int KILLED = 137;

    /** What the prompt asks for happens once so many tokens are written. */
    void strike(String prompt, int written) {
      if (written < afterTokens) {
        return;
      }
      if (names(crashOn, prompt)) {
        Runtime.getRuntime().halt(KILLED);
      }
      if (names(failOn, prompt)) {
        throw new IllegalStateException("the prompt asked the engine to fail");
      }
    }

    private static boolean names(String fault, String prompt) {
      return !fault.isEmpty() && prompt.contains(fault);
    }
  }

  public SimulatedConfig {
    require(tokenRate >= 0 && tokenRate <= MAX_RATE, "token-rate", tokenRate, "0 to 1000000");
    require(!prefill.isNegative(), "prefill-ms", prefill.toMillis(), ">= 0");
    require(!load.isNegative(), "load-ms", load.toMillis(), ">= 0");
    require(contextLength >= 0, "context-length", contextLength, ">= 0");
    require(prefixCache >= 0, "prefix-cache", prefixCache, ">= 0");
    require(
        embeddingDimensions >= 0 && embeddingDimensions <= Embeddings.MOST_DIMENSIONS,
        "embedding-dimensions",
        embeddingDimensions,
        "0 to " + Embeddings.MOST_DIMENSIONS);
    require(
        !echo || embeddingDimensions == 0,
        "embedding-dimensions",
        embeddingDimensions,
        "0, as the engine echoes");
    require(faults.afterTokens() >= 0, "fault-after", faults.afterTokens(), ">= 0");
  }

  /**
   * Reads the options of an engine; all are optional.
   *
   * @throws io.anyserve.runtime.ConfigException naming every option that is wrong
   */
  public static SimulatedConfig of(Map<String, String> options) {
    Config all = Config.of(EngineConfig.TABLE, options);
    SimulatedConfig settings = read(all.section(EngineConfig.TABLE));
    all.check(Set.of(EngineConfig.TABLE));
    return settings;
  }

  /** Mistakes become problems of the section. */
  public static SimulatedConfig read(ConfigSection section) {
    double rate =
        section.number(
            "token-rate", 0, 0, MAX_RATE, "Tokens per second of each sequence; 0 for no limit.");
    int prefill = count(section, "prefill-ms", "Milliseconds from admission to the first token.");
    int load = count(section, "load-ms", "Milliseconds that loading the model takes.");
    int context =
        count(
            section,
            "context-length",
            "Most tokens of prompt and answer, or of a text to embed; 0 for no limit.");
    int prefixCache =
        count(section, "prefix-cache", "Prompt tokens to cache, in blocks of 16; 0 for no cache.");
    boolean echo =
        section.flag("echo", false, "Answer with the input, as one payload of one token.");
    int dimensions =
        section.integer(
            "embedding-dimensions",
            0,
            0,
            Embeddings.MOST_DIMENSIONS,
            "Embed texts as vectors of that many numbers; 0 to write text.");
    return new SimulatedConfig(
        rate,
        Duration.ofMillis(prefill),
        Duration.ofMillis(load),
        context,
        prefixCache,
        echo,
        dimensions,
        faults(section));
  }

  private static Faults faults(ConfigSection section) {
    return new Faults(
        section.text(
            "crash-on", "", "A prompt with this text ends the process at once, for fault tests."),
        section.text(
            "fail-on", "", "A prompt with this text makes the engine fail, for fault tests."),
        count(section, "fault-after", "Tokens or vectors before `crash-on` or `fail-on` applies."));
  }

  private static int count(ConfigSection section, String key, String meaning) {
    return section.integer(key, 0, 0, Integer.MAX_VALUE, meaning);
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "engine." + name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
