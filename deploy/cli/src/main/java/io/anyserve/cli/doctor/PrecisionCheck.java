package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionChoice;
import io.anyserve.worker.torch.precision.PrecisionChoice.Candidate;
import io.anyserve.worker.torch.precision.PrecisionChoice.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Which precision models run in on this machine, and what became of the other candidates. */
final class PrecisionCheck implements Check {

  private final Supplier<PrecisionChoice> trial;

  /**
   * @param trial tries the candidates; throws IllegalStateException where nothing can be tried
   */
  PrecisionCheck(Supplier<PrecisionChoice> trial) {
    this.trial = trial;
  }

  @Override
  public String name() {
    return "Precision";
  }

  @Override
  public List<Advice> findings() {
    try {
      PrecisionChoice choice = trial.get();
      List<Advice> findings = new ArrayList<>(List.of(chosen(choice.chosen())));
      choice.candidates().stream().map(PrecisionCheck::candidate).forEach(findings::add);
      return findings;
    } catch (IllegalStateException e) {
      return List.of(
          new Problem(
              "no precision can be tried (" + e.getMessage() + ")",
              "See Native libraries, or use --simulated."));
    }
  }

  private static Advice chosen(Precision precision) {
    String text = "precision = auto runs models in " + precision.text();
    return precision == Precision.F32
        ? new Note(
            text + ", the slowest", "Where speed matters, use a processor with AVX2 or later.")
        : new Ok(text);
  }

  private static Advice candidate(Candidate candidate) {
    return switch (candidate.outcome()) {
      case Outcome.Wrong _ ->
          new Note(candidate.toString(), "Do not ask for it by name on this machine.");
      case Outcome.Refused _ ->
          new Note(candidate.toString(), "Leave precision at auto on this machine.");
      case Outcome.Chosen _, Outcome.Right _, Outcome.Slower _, Outcome.NotTried _ ->
          new Ok(candidate.toString());
    };
  }
}
