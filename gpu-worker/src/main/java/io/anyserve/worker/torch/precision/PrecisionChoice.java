package io.anyserve.worker.torch.precision;

import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.worker.torch.libtorch.LibTorch;
import java.util.List;
import java.util.Locale;

/**
 * Which precision models run in on a machine where nobody names one, and why.
 *
 * <p>Candidates are tried in a fixed order: bf16 with oneDNN's weights, fp16 with FBGEMM's, f32
 * with oneDNN's, plain f32. The first that runs, is right, and is not slower than the next one that
 * runs and is right, is chosen. int8 and plain bf16 are never chosen; they run where they are asked
 * for.
 *
 * @param candidates in the order in which they are tried, the chosen one among them
 */
public record PrecisionChoice(Precision chosen, List<Candidate> candidates) {

  public static final List<Precision> ORDER =
      List.of(Precision.BF16_PACKED, Precision.FP16_PACKED, Precision.F32_PACKED, Precision.F32);

  /** A precision and what became of it. */
  public record Candidate(Precision precision, Outcome outcome) {

    @Override
    public String toString() {
      return precision.text() + ": " + outcome;
    }
  }

  /** What became of a candidate. */
  public sealed interface Outcome {

    /** The precision that is used. */
    record Chosen(Figures figures) implements Outcome {

      @Override
      public String toString() {
        return "chosen (" + figures + ")";
      }
    }

    /** It would do as well, but one before it in the order does. */
    record Right(Figures figures) implements Outcome {

      @Override
      public String toString() {
        return "right (" + figures + ")";
      }
    }

    /** Right, but the next one that is right is faster. */
    record Slower(Figures figures, Precision than) implements Outcome {

      @Override
      public String toString() {
        return "slower than " + than.text() + " (" + figures + ")";
      }
    }

    /** It runs and computes something else. */
    record Wrong(double error, double bound) implements Outcome {

      @Override
      public String toString() {
        return String.format(
            Locale.ROOT, "wrong (error %.2g, at most %.2g is right)", error, bound);
      }
    }

    /** libtorch does not run it here. */
    record Refused(String reason) implements Outcome {

      @Override
      public String toString() {
        return "refused (" + reason + ")";
      }
    }

    /** One before it in the order was chosen. */
    record NotTried() implements Outcome {

      @Override
      public String toString() {
        return "not tried";
      }
    }
  }

  /**
   * What was measured.
   *
   * @param error the largest of all inputs, see {@link Precision}
   * @param oneRowNanos one layer of 4096 x 1024 on one row of activations, the best time; 0 where a
   *     candidate had nobody to compare with
   * @param eightRowsNanos the same on eight rows
   */
  public record Figures(double error, long oneRowNanos, long eightRowsNanos) {

    @Override
    public String toString() {
      String right = String.format(Locale.ROOT, "error %.1g", error);
      return oneRowNanos == 0
          ? right
          : "%s, layer of 4096 x 1024: %d us for one row, %d us for eight"
              .formatted(right, oneRowNanos / 1000, eightRowsNanos / 1000);
    }
  }

  public PrecisionChoice {
    candidates = List.copyOf(candidates);
  }

  /**
   * Tries the candidates on this machine, which takes about half a second and 200 MB for that time.
   *
   * @param threads OpenMP threads of one operation; set for the calling thread
   * @throws IllegalStateException when libtorch cannot be loaded, or nothing that it computes is
   *     right
   */
  public static PrecisionChoice ofThisMachine(int threads) {
    try (PtNDManager manager = LibTorch.claimThread(threads);
        LayerTrials trials = new LayerTrials(manager)) {
      return PrecisionBenchmark.choose(ORDER, trials);
    }
  }

  /**
   * Whether a precision runs on this machine and is right: {@link Outcome.Right}, {@link
   * Outcome.Wrong} or {@link Outcome.Refused}. Nothing is timed.
   *
   * @throws IllegalStateException when libtorch cannot be loaded
   */
  public static Outcome check(Precision precision, int threads) {
    try (PtNDManager manager = LibTorch.claimThread(threads);
        LayerTrials trials = new LayerTrials(manager)) {
      return PrecisionBenchmark.check(precision, trials);
    }
  }

  /** One readable line for each candidate: the precision, what became of it, figures and reason. */
  public List<String> lines() {
    return candidates.stream().map(Candidate::toString).toList();
  }

  /** All of it in one line, for a log. */
  public String summary() {
    return chosen.text() + " of " + String.join("; ", lines());
  }

  /** Why it is the chosen one, without figures: the same words at every start of a machine. */
  public String reason() {
    List<String> before =
        candidates.stream()
            .takeWhile(candidate -> candidate.precision != chosen)
            .map(candidate -> candidate.precision.text() + " is " + verdict(candidate.outcome))
            .toList();
    return before.isEmpty() ? "auto" : "auto: " + String.join(", ", before);
  }

  private static String verdict(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Chosen _ -> "chosen";
      case Outcome.Right _ -> "right";
      case Outcome.Slower slower -> "slower than " + slower.than.text();
      case Outcome.Wrong _ -> "wrong";
      case Outcome.Refused _ -> "refused";
      case Outcome.NotTried _ -> "not tried";
    };
  }
}
