package io.anyserve.worker.engine;

/**
 * Runs sequences of one model, several at once. One thread owns an engine and makes all calls,
 * creation and close included.
 */
public interface Engine extends AutoCloseable {

  Description description();

  /**
   * Takes a sequence into a free slot; the caller sees to it that one is free. Says nothing to any
   * listener yet.
   *
   * @return the prompt's length in tokens
   * @throws io.anyserve.contracts.FailureException when the input cannot be run; nothing is
   *     occupied then
   */
  long admit(Task task);

  /**
   * Moves every admitted sequence on by one piece where one is due, and tells the listener. A
   * sequence that ended or failed has left its slot.
   */
  void step(StepListener listener);

  /** Nanoseconds until the next step has something to do; 0 for now, also when it is idle. */
  long nanosToNextStep();

  /** Frees the slot of a sequence before its end; unknown runs are ignored. */
  void cancel(long run);

  @Override
  void close();

  /**
   * What an engine offers.
   *
   * @param kind "torch", "simulated", ...
   * @param slots sequences at once
   * @param contextLength tokens of prompt and answer together, 0 where there is no such limit
   * @param numerics known once the model is loaded; {@link Numerics#NONE} until then, and where an
   *     engine has no choice of numbers
   */
  record Description(String kind, String model, int slots, int contextLength, Numerics numerics) {

    public Description(String kind, String model, int slots, int contextLength) {
      this(kind, model, slots, contextLength, Numerics.NONE);
    }
  }

  /**
   * What an engine computes in.
   *
   * @param precision "bf16_packed", ...
   * @param reason why it is that one; stays the same as long as machine and settings do
   */
  record Numerics(String precision, String reason) {

    public static final Numerics NONE = new Numerics("", "");
  }
}
