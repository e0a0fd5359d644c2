package io.anyserve.loadtest.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.loadtest.report.PhaseReport;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where everything but the engine takes no time, a formula says how long requests wait. */
final class QueueingTheoryTest {

  private static final double MICROS = 1e6;
  private static final double FEW_PERCENT = 0.04;

  @TempDir Path folder;
  private ModelRun runs = new ModelRun(Path.of("."));

  @BeforeEach
  void prepare() {
    runs = new ModelRun(folder);
  }

  /** M/D/1: {@code wait = load x service / (2 (1 - load))}. */
  @Test
  void oneWorkerWithAnswersOfOneLengthWaitsAsFormulaOfPollaczekAndKhinchine() throws IOException {
    double service = 0.01;
    double load = 0.8;
    var engine = new StepTimes.Paced(0, service * 1e3);

    PhaseReport phase =
        runs.run(scenario(load / service, "1"), ModelRun.workers(1, 1, engine)).phase();

    assertWait(load * service / (2 * (1 - load)), phase, service);
  }

  /** M/M/c: Erlang's C formula. */
  @Test
  void fourWorkersWithExponentialAnswersWaitAsFormulaOfErlang() throws IOException {
    int workers = 4;
    double token = 0.001;
    double service = 50 * token;
    double load = 0.75;
    var engine = new StepTimes.Paced(1 / token, token * 1e3);

    PhaseReport phase =
        runs.run(
                scenario(load * workers / service, "exponential 50"),
                ModelRun.workers(workers, 1, engine))
            .phase();

    double offered = load * workers;
    assertWait(erlangC(workers, offered) * service / (workers * (1 - load)), phase, token);
  }

  /** M/D/c has no short formula; the wait is about half of that with exponential answers. */
  @Test
  void answersOfOneLengthWaitAboutHalfAsLong() throws IOException {
    int workers = 4;
    double service = 0.05;
    double load = 0.9;
    var engine = new StepTimes.Paced(0, service * 1e3);

    PhaseReport phase =
        runs.run(scenario(load * workers / service, "1"), ModelRun.workers(workers, 1, engine))
            .phase();

    double exponential = erlangC(workers, load * workers) * service / (workers * (1 - load));
    double half =
        exponential
            / 2
            * (1
                + (1 - load)
                    * (workers - 1)
                    * (Math.sqrt(4 + 5 * workers) - 2)
                    / (16 * load * workers));
    assertWait(half, phase, service);
  }

  private static double erlangC(int servers, double offered) {
    double blocked = 1;
    for (int n = 1; n <= servers; n++) {
      blocked = offered * blocked / (n + offered * blocked);
    }
    return blocked / (1 - offered / servers * (1 - blocked));
  }

  private static void assertWait(double expected, PhaseReport phase, double untilFirst) {
    double waited = phase.latencies().firstToken().mean() / MICROS - untilFirst;
    assertEquals(0, phase.counts().lost());
    assertEquals(1, waited / expected, FEW_PERCENT, "waited " + waited + " s, not " + expected);
  }

  private static String scenario(double rate, String answer) {
    return """
    [scenario]
    name = "queue"
    duration = "%ds"
    warm-up = "10s"
    [load]
    pattern = "poisson"
    rate = %s
    [[load.caller]]
    prompt-tokens = "1"
    answer-tokens = "%s"
    """
        .formatted((int) (150_000 / rate), rate, answer);
  }
}
