package io.anyserve.worker.torch.precision;

import io.anyserve.worker.torch.precision.PrecisionChoice.Outcome;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The precision that models of this process run in: tries the machine once and remembers.
 *
 * <p>Any thread may ask; one at a time tries, so that trials do not disturb each other's times.
 */
public final class MachinePrecision {

  private static final Logger log = LoggerFactory.getLogger(MachinePrecision.class);

  private final Source source;
  private final Map<Precision, Outcome> checked = new EnumMap<>(Precision.class);
  private @Nullable PrecisionChoice choice;

  /** What a machine can do. */
  interface Source {

    PrecisionChoice choose(int threads);

    Outcome check(Precision precision, int threads);
  }

  /**
   * A precision that runs here and is right.
   *
   * @param reason why it is this one, without figures
   */
  public record InUse(Precision precision, String reason) {}

  MachinePrecision(Source source) {
    this.source = source;
  }

  /** Of the machine that this process runs on. */
  public static MachinePrecision here() {
    return new MachinePrecision(
        new Source() {

          @Override
          public PrecisionChoice choose(int threads) {
            return PrecisionChoice.ofThisMachine(threads);
          }

          @Override
          public Outcome check(Precision precision, int threads) {
            return PrecisionChoice.check(precision, threads);
          }
        });
  }

  /**
   * What a model runs in.
   *
   * @param threads OpenMP threads of one operation, set for the calling thread
   * @throws IllegalArgumentException where a precision asked for by name cannot run here, or is
   *     wrong here; the message says what can
   */
  public synchronized InUse of(PrecisionSetting setting, int threads) {
    return switch (setting) {
      case PrecisionSetting.Auto _ -> {
        PrecisionChoice found = choice(threads);
        yield new InUse(found.chosen(), found.reason());
      }
      case PrecisionSetting.Named named -> {
        Outcome outcome = outcome(named.precision(), threads);
        if (!right(outcome)) {
          throw refused(named.precision(), outcome, threads);
        }
        yield new InUse(named.precision(), "configured");
      }
    };
  }

  private PrecisionChoice choice(int threads) {
    if (choice == null) {
      choice = source.choose(threads);
      log.info("Precision of this machine: {}", choice.summary());
    }
    return choice;
  }

  private Outcome outcome(Precision precision, int threads) {
    return checked.computeIfAbsent(precision, unseen -> source.check(unseen, threads));
  }

  private IllegalArgumentException refused(Precision asked, Outcome outcome, int threads) {
    String right =
        Stream.concat(
                Stream.of("auto"),
                Arrays.stream(Precision.values())
                    .filter(other -> right(outcome(other, threads)))
                    .map(Precision::text))
            .collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        "engine.precision: \"%s\" (this machine: %s; expected: one of %s)"
            .formatted(asked.text(), outcome, right));
  }

  private static boolean right(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Right _, Outcome.Chosen _, Outcome.Slower _ -> true;
      case Outcome.Wrong _, Outcome.Refused _, Outcome.NotTried _ -> false;
    };
  }
}
