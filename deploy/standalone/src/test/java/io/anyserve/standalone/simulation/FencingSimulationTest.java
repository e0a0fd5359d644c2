package io.anyserve.standalone.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.router.ResultsTask;
import io.anyserve.standalone.simulation.Simulation.Shared;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of interleavings of attempts, zombies, fences and readers. A failure names its seed;
 * {@code -Dsimulation.seed=<seed>} runs that one alone and tells its story.
 */
final class FencingSimulationTest {

  private static final long SEEDS = 6_000;
  private static final long STEADY_SEEDS = 2_000;
  private static final String SEED = "simulation.seed";
  private static final String SEED_COUNT = "simulation.seeds";

  private static final @Nullable Long ONLY = Long.getLong(SEED);

  @TempDir Path state;
  private Shared shared;

  @BeforeEach
  void open() {
    shared = new Shared(new ResultsTask(state.resolve("router")), state);
  }

  @AfterEach
  void close() {
    shared.results().close();
  }

  @Test
  void everyReaderAgreesWhateverHappens() {
    firstFailure(Rules.ALL, seeds(Long.getLong(SEED_COUNT, SEEDS))).ifPresent(this::report);
  }

  @Test
  void whileTheBrokerStandsTerminalEventsClaimWhatIsBilled() {
    firstFailure(Rules.STEADY_BROKER, seeds(STEADY_SEEDS)).ifPresent(this::report);
  }

  @Test
  void whatIsNobodysFaultNeverEndsARequestHoweverOftenItHappens() {
    firstFailure(Rules.HARMLESS, seeds(STEADY_SEEDS)).ifPresent(this::report);
  }

  @Test
  void withABoundThatCountsDeliveriesItWould() {
    assertTrue(firstFailure(Rules.DELIVERIES_COUNT, first(100)).isPresent(), "nothing was found");
  }

  @Test
  void withoutFencingReadersDisagree() {
    assertTrue(firstFailure(Rules.UNFENCED, first(100)).isPresent(), "nothing was found");
  }

  @Test
  void withoutTheRescueOfContestedRequestsAForgetfulBrokerLosesSome() {
    assertTrue(firstFailure(Rules.CONTESTED_LEFT, first(40_000)).isPresent(), "nothing was found");
  }

  @Test
  void aSeedReplaysARunExactly() {
    for (long seed = 1; seed <= 10; seed++) {
      assertEquals(storyOf(seed), storyOf(seed));
    }
  }

  private List<String> storyOf(long seed) {
    try (ResultsTask own = new ResultsTask(state.resolve("own-router"))) {
      Simulation run = new Simulation(seed, Rules.ALL, new Shared(own, state), new Trace(true));
      run.run();
      return run.story();
    }
  }

  private static LongStream first(long count) {
    return LongStream.rangeClosed(1, count);
  }

  private static LongStream seeds(long count) {
    return ONLY == null ? first(count) : LongStream.of(ONLY);
  }

  private record Failure(long seed, Rules rules, RuntimeException why, List<String> story) {}

  private Optional<Failure> firstFailure(Rules rules, LongStream seeds) {
    return seeds.mapToObj(seed -> attempt(seed, rules)).flatMap(Optional::stream).findFirst();
  }

  private Optional<Failure> attempt(long seed, Rules rules) {
    Simulation run = new Simulation(seed, rules, shared, new Trace(ONLY != null));
    try {
      run.run();
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(new Failure(seed, rules, e, run.story()));
    }
  }

  private void report(Failure failure) {
    String replay = "-D%s=%d".formatted(SEED, failure.seed);
    String story = ONLY == null ? "" : "\n" + String.join("\n", failure.story);
    throw new AssertionError(
        "seed %d, %s; replay with %s%s".formatted(failure.seed, failure.rules, replay, story),
        failure.why);
  }
}
