package io.anyserve.worker.torch.precision;

import ai.djl.engine.EngineException;
import io.anyserve.worker.torch.precision.PrecisionChoice.Candidate;
import io.anyserve.worker.torch.precision.PrecisionChoice.Figures;
import io.anyserve.worker.torch.precision.PrecisionChoice.Outcome;
import io.anyserve.worker.torch.precision.PrecisionTrials.Trial;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Finds the first precision that runs, is right, and is not slower than the next such one.
 *
 * <p>Used once, by one thread.
 */
final class PrecisionBenchmark {

  /**
   * One precision is slower than another when its best times are more than this many times as long.
   * Where it matters the factor is 3 and more. What else runs on the machine only adds time, so the
   * best of rounds taken in turns does not move by half.
   */
  private static final double MARGIN = 1.5;

  private static final int ROUNDS = 15;

  /** Then what is clear already gets no more rounds: a hopeless precision must not delay a load. */
  private static final long MOST_NANOS = 150_000_000;

  private static final String RUNTIME_ERROR = "RuntimeError: ";

  private final PrecisionTrials trials;
  private final Iterator<Precision> untried;
  private final Map<Precision, Outcome> outcomes = new LinkedHashMap<>();

  /** A precision that runs and is right. */
  private record Entrant(Precision precision, Trial trial, double error) {}

  /** Two entrants and the best times of each. */
  private record Pair(Entrant first, Figures firstFigures, Entrant second, Figures secondFigures) {

    boolean firstIsSlower() {
      return total(firstFigures) > MARGIN * total(secondFigures);
    }

    /** More rounds would not turn it around. */
    boolean clear() {
      double ratio = (double) total(firstFigures) / total(secondFigures);
      return ratio < 1 || ratio > 2 * MARGIN;
    }

    private static long total(Figures figures) {
      return figures.oneRowNanos() + figures.eightRowsNanos();
    }
  }

  private PrecisionBenchmark(List<Precision> order, PrecisionTrials trials) {
    this.trials = trials;
    this.untried = order.iterator();
    order.forEach(precision -> outcomes.put(precision, new Outcome.NotTried()));
  }

  /**
   * The choice among these, the most wanted first.
   *
   * @throws IllegalStateException when none of them is right
   */
  static PrecisionChoice choose(List<Precision> order, PrecisionTrials trials) {
    return new PrecisionBenchmark(order, trials).choose();
  }

  /** Whether a precision runs and is right; nothing is timed. */
  static Outcome check(Precision precision, PrecisionTrials trials) {
    var contest = new PrecisionBenchmark(List.of(precision), trials);
    Optional<Outcome> right =
        contest.next().map(entrant -> new Outcome.Right(new Figures(entrant.error, 0, 0)));
    return right.orElseGet(() -> Objects.requireNonNull(contest.outcomes.get(precision)));
  }

  private PrecisionChoice choose() {
    Precision chosen = winner();
    return new PrecisionChoice(
        chosen,
        outcomes.entrySet().stream()
            .map(entry -> new Candidate(entry.getKey(), entry.getValue()))
            .toList());
  }

  private Precision winner() {
    Entrant best = next().orElseThrow(this::nothingRight);
    var figures = new Figures(best.error, 0, 0);
    for (Optional<Entrant> rival = next(); rival.isPresent(); rival = next()) {
      Pair pair = timed(best, rival.get());
      if (!pair.firstIsSlower()) {
        outcomes.put(pair.second.precision, new Outcome.Right(pair.secondFigures));
        figures = pair.firstFigures;
        break;
      }
      outcomes.put(best.precision, new Outcome.Slower(pair.firstFigures, pair.second.precision));
      best = pair.second;
      figures = pair.secondFigures;
    }
    outcomes.put(best.precision, new Outcome.Chosen(figures));
    return best.precision;
  }

  /** The next in the order that runs and is right; what is passed over keeps its outcome. */
  private Optional<Entrant> next() {
    while (untried.hasNext()) {
      Precision precision = untried.next();
      try {
        Trial trial = trials.open(precision);
        double error = trial.error();
        if (error <= precision.errorBound()) {
          return Optional.of(new Entrant(precision, trial, error));
        }
        outcomes.put(precision, new Outcome.Wrong(error, precision.errorBound()));
      } catch (EngineException e) {
        outcomes.put(precision, new Outcome.Refused(reason(e)));
      }
    }
    return Optional.empty();
  }

  /** Both in turns, after one turn that compiles and warms up, so that a busy moment meets both. */
  private static Pair timed(Entrant first, Entrant second) {
    List<Round> rounds = new ArrayList<>();
    long spent = Round.of(first.trial, second.trial).total();
    Pair pair;
    do {
      Round round = Round.of(first.trial, second.trial);
      rounds.add(round);
      spent += round.total();
      pair = pair(first, second, rounds);
    } while (rounds.size() < ROUNDS && (spent < MOST_NANOS || !pair.clear()));
    return pair;
  }

  private static Pair pair(Entrant first, Entrant second, List<Round> rounds) {
    return new Pair(
        first,
        new Figures(first.error, best(rounds, Round::one1), best(rounds, Round::eight1)),
        second,
        new Figures(second.error, best(rounds, Round::one2), best(rounds, Round::eight2)));
  }

  /** Nanoseconds of a turn of both: one row and eight rows of the first, then of the second. */
  private record Round(long one1, long eight1, long one2, long eight2) {

    static Round of(Trial first, Trial second) {
      return new Round(first.oneRow(), first.eightRows(), second.oneRow(), second.eightRows());
    }

    long total() {
      return one1 + eight1 + one2 + eight2;
    }
  }

  private static long best(List<Round> rounds, ToLongFunction<Round> figure) {
    return rounds.stream().mapToLong(figure).min().orElseThrow();
  }

  private IllegalStateException nothingRight() {
    return new IllegalStateException("precision: " + outcomes + " (expected: one that is right)");
  }

  /** The line that says what is wrong: libtorch puts its own stack around it. */
  private static String reason(EngineException failure) {
    String text = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith(RUNTIME_ERROR) || line.startsWith("Unknown builtin op"))
        .findFirst()
        .orElse(text.lines().findFirst().orElse(text).strip())
        .replace(RUNTIME_ERROR, "");
  }
}
