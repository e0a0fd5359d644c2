package io.anyserve.loadtest.run;

import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.report.Objective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds the highest rate at which a service keeps an objective: doubles the rate until it is
 * missed, then halves the distance.
 *
 * @param most the highest rate that is tried
 * @param precision how close the highest rate that is kept and the lowest that is missed come: 0.05
 *     for a twentieth
 * @param progress told each step
 */
public record SaturationSearch(
    Objective objective, double first, double most, double precision, Consumer<Step> progress) {

  public SaturationSearch {
    if (!(first > 0 && most >= first)) {
      throw new IllegalArgumentException(
          "rates: %s to %s (expected: above 0, ascending)".formatted(first, most));
    }
    if (!(precision > 0)) {
      throw new IllegalArgumentException("precision: " + precision + " (expected: > 0)");
    }
  }

  /** Loads the service at a rate. */
  @FunctionalInterface
  public interface Trial {

    LoadReport at(double rate) throws IOException, InterruptedException;
  }

  /**
   * One rate that was tried.
   *
   * @param misses what of the objective was missed; empty where it was kept
   */
  public record Step(double rate, LoadReport report, List<String> misses) {

    public Step {
      misses = List.copyOf(misses);
    }

    public boolean kept() {
      return misses.isEmpty();
    }
  }

  /**
   * What was found.
   *
   * @param best the step with the highest rate that kept the objective; empty where even the first
   *     one missed it
   * @param steps in the order they were tried
   */
  public record Found(Optional<Step> best, List<Step> steps) {

    public Found {
      steps = List.copyOf(steps);
    }
  }

  public Found search(Trial trial) throws IOException, InterruptedException {
    List<Step> steps = new ArrayList<>();
    double kept = 0;
    double missed = Double.POSITIVE_INFINITY;
    double rate = first;
    while (missed > kept * (1 + precision) && kept < most && !(kept == 0 && !steps.isEmpty())) {
      Step step = step(trial, rate);
      steps.add(step);
      if (step.kept()) {
        kept = rate;
      } else {
        missed = rate;
      }
      rate = Double.isInfinite(missed) ? Math.min(2 * kept, most) : (kept + missed) / 2;
    }
    double highest = kept;
    return new Found(
        steps.stream().filter(step -> step.kept() && step.rate() == highest).findFirst(), steps);
  }

  private Step step(Trial trial, double rate) throws IOException, InterruptedException {
    LoadReport report = trial.at(rate);
    List<String> misses = new ArrayList<>(objective.misses(report));
    if (!report.valid()) {
      misses.add("the generator was late: it has not the processors for this rate");
    }
    Step step = new Step(rate, report, misses);
    progress.accept(step);
    return step;
  }
}
