package io.anyserve.worker.torch.model;

import java.util.List;

/**
 * How rotary angles are stretched for texts longer than those a model was trained on. The kinds and
 * their formulas are those of transformers ({@code modeling_rope_utils.py}).
 */
public sealed interface RopeScaling {

  /** Angles as they are. */
  record None() implements RopeScaling {}

  /** All angles divided by the factor. */
  record Linear(double factor) implements RopeScaling {}

  /**
   * A larger base, depending on the length.
   *
   * @param trained positions up to which the base stays
   */
  record Dynamic(double factor, int trained) implements RopeScaling {}

  /**
   * Low frequencies divided by the factor, high ones kept, those between interpolated.
   *
   * @param low the trained length over the wavelength from which on frequencies are low
   * @param high the trained length over the wavelength up to which frequencies are high
   */
  record Llama3(double factor, double low, double high, int trained) implements RopeScaling {}

  /**
   * YaRN: low frequencies divided by the factor, high ones kept, a ramp between them.
   *
   * @param fast turns within the trained length from which on a frequency is high
   * @param slow turns within the trained length up to which a frequency is low
   * @param magnitude what cosines and sines are multiplied with
   * @param whole whether the ramp starts and ends at whole frequencies
   */
  record Yarn(double factor, int trained, double fast, double slow, double magnitude, boolean whole)
      implements RopeScaling {}

  /**
   * LongRoPE: one divisor for each frequency, others for contexts longer than the trained length.
   *
   * @param magnitude what cosines and sines are multiplied with
   */
  record LongRope(
      List<Double> shortFactors, List<Double> longFactors, int trained, double magnitude)
      implements RopeScaling {

    public LongRope {
      shortFactors = List.copyOf(shortFactors);
      longFactors = List.copyOf(longFactors);
    }
  }
}
