package io.anyserve.standalone.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.anyserve.router.ResultsTask;
import io.anyserve.standalone.simulation.Simulation.Shared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of interleavings of attempts, zombies, fences and readers. A failure names its seed;
 * {@code -Dsimulation.seed=<seed>} runs that one alone and prints what happened.
 */
final class FencingSimulationTest {

  private static final long SEEDS = 6_000;
  private static final String SEED = "simulation.seed";
  private static final String SEED_COUNT = "simulation.seeds";

  @TempDir Path state;
  private Shared shared;

  @BeforeEach
  void open() {
    shared = new Shared(new ResultsTask(), state);
  }

  @AfterEach
  void close() {
    shared.results().close();
  }

  @Test
  void everyReaderAgreesWhateverHappens() {
    Long only = Long.getLong(SEED);
    if (only != null) {
      replay(only);
      return;
    }
    firstFailure(Rules.ALL, Long.getLong(SEED_COUNT, SEEDS)).ifPresent(this::report);
  }

  @Test
  void whileTheBrokerStandsTerminalEventsClaimWhatIsBilled() {
    firstFailure(Rules.STEADY_BROKER, 1_000).ifPresent(this::report);
  }

  @Test
  void withoutFencingReadersDisagree() {
    assertTrue(firstFailure(Rules.UNFENCED, 100).isPresent(), "nothing was found");
  }

  @Test
  void withoutTheRescueOfContestedRequestsAForgetfulBrokerLosesSome() {
    assertTrue(firstFailure(Rules.CONTESTED_LEFT, 1_000).isPresent(), "nothing was found");
  }

  @Test
  void aSeedReplaysARunExactly() {
    for (long seed = 1; seed <= 20; seed++) {
      assertEquals(traceOf(seed), traceOf(seed));
    }
  }

  private record Failure(long seed, String what) {}

  private Optional<Failure> firstFailure(Rules rules, long seeds) {
    return LongStream.rangeClosed(1, seeds)
        .mapToObj(seed -> attempt(seed, rules, new Trace(false)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<Failure> attempt(long seed, Rules rules, Trace trace) {
    try {
      new Simulation(seed, rules, shared, trace).run();
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(new Failure(seed, String.valueOf(e)));
    }
  }

  private void report(Failure failure) {
    fail(
        "seed %d: %s; replay with -D%s=%d"
            .formatted(failure.seed, failure.what, SEED, failure.seed));
  }

  private void replay(long seed) {
    Trace trace = new Trace(true);
    Optional<Failure> failure = attempt(seed, Rules.ALL, trace);
    String story = String.join("\n", trace.lines());
    failure.ifPresent(found -> fail("seed " + seed + ": " + found.what + "\n" + story));
  }

  private List<String> traceOf(long seed) {
    Trace trace = new Trace(true);
    Simulation run = new Simulation(seed, Rules.ALL, shared, trace);
    run.run();
    List<String> story = new ArrayList<>(trace.lines());
    for (long offset = 0; offset < run.log().end(); offset++) {
      story.add(run.log().at(offset).record().toString());
    }
    return story;
  }
}
