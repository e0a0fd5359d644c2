package io.anyserve.loadtest.simulation;

/** How long an engine takes for its tokens. Times are nanoseconds. */
public sealed interface StepTimes {

  double NANOS_PER_SECOND = 1e9;
  double NANOS_PER_MILLI = 1e6;

  /**
   * Each sequence at a pace of its own, as the simulated engine: {@code token-rate} and {@code
   * prefill-ms}.
   *
   * @param perSecond tokens of each sequence; 0 for no limit
   * @param prefillMillis from admission to the first token
   */
  record Paced(double perSecond, double prefillMillis) implements StepTimes {

    public Paced {
      require("token rate", perSecond);
      require("prefill", prefillMillis);
    }

    long prefill() {
      return (long) (prefillMillis * NANOS_PER_MILLI);
    }

    long interval() {
      return perSecond == 0 ? 0 : (long) (NANOS_PER_SECOND / perSecond);
    }
  }

  /**
   * All sequences together, one token each in a step, as an engine on a GPU: {@code step = base +
   * sequence x batch + prompt x prompt tokens that came in}.
   *
   * @param baseMillis of each step, mostly to read the weights
   * @param sequenceMillis for each sequence in the batch
   * @param promptMillis for each token of a new prompt
   */
  record Batched(double baseMillis, double sequenceMillis, double promptMillis)
      implements StepTimes {

    public Batched {
      require("base", baseMillis);
      require("sequence", sequenceMillis);
      require("prompt", promptMillis);
    }

    /**
     * @param batch sequences in the engine
     * @param prompts tokens of prompts that came in since the last step
     */
    long step(int batch, long prompts) {
      return (long)
          (NANOS_PER_MILLI * (baseMillis + sequenceMillis * batch + promptMillis * prompts));
    }

    /** Tokens a second of a full batch, without prompts. */
    public double tokensPerSecond(int batch) {
      return batch * NANOS_PER_SECOND / step(batch, 0);
    }
  }

  private static void require(String name, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
    }
  }
}
