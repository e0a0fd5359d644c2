package io.anyserve.loadtest.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.report.PhaseReport.Counts;
import io.anyserve.loadtest.simulation.ModelRun.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelClusterTest {

  private static final StepTimes TWENTY_A_SECOND = new StepTimes.Paced(20, 0);

  @TempDir Path folder;
  private ModelRun runs = new ModelRun(Path.of("."));

  @BeforeEach
  void prepare() {
    runs = new ModelRun(folder);
  }

  @Test
  void theSameSeedGivesTheSameReport() throws IOException {
    ClusterModel model = usual(3, 8, List.of());
    String scenario = poisson(6, "30s", "60s", "leave-share = 0.3\nleave-after = \"uniform 1 9\"");

    assertEquals(
        runs.run(scenario, model).report().json(), runs.run(scenario, model).report().json());
  }

  @Test
  void everyRequestHasOneEnd() throws IOException {
    Outcome run =
        runs.run(
            poisson(12, "30s", "120s", "leave-share = 0.3\nleave-after = \"uniform 1 9\""),
            usual(3, 8, List.of(new WorkerFault(2, seconds(7), seconds(5)))));

    Counts counts = run.phase().counts();
    assertTrue(counts.left() > 20, counts.toString());
    assertEquals(0, counts.failed() + counts.lost(), counts.toString());
    assertEquals(counts.sent(), counts.finished() + counts.left());
    assertEquals(new ModelCluster.Rest(0, 0, 0), run.cluster().atEnd());
  }

  @Test
  void whatIsInFlightAtTheEndIsLost() throws IOException {
    Outcome run = runs.run(poisson(40, "30s", "1s", ""), usual(3, 8, List.of()));

    Counts counts = run.phase().counts();
    assertTrue(counts.lost() > 100, counts.toString());
    assertEquals(
        counts.sent(), counts.finished() + counts.failed() + counts.left() + counts.lost());
    ModelCluster.Rest rest = run.cluster().atEnd();
    assertEquals(counts.lost(), rest.inFlight());
    assertEquals(3 * 8, rest.running());
    long onTheirWay = rest.inFlight() - rest.running() - rest.waiting();
    assertTrue(onTheirWay >= 0 && onTheirWay < 8, rest.toString());
  }

  @Test
  void anIngressRefusesWhatIsAboveItsLimit() throws IOException {
    ClusterModel usual = usual(3, 8, List.of());
    ClusterModel limited =
        new ClusterModel(
            usual.workers(),
            new ClusterModel.Processes(1, 1, 1, 1, 2, 30),
            usual.partitions(),
            usual.times(),
            List.of());

    PhaseReport phase = runs.run(poisson(40, "30s", "60s", ""), limited).phase();

    assertEquals(Set.of("gRPC RESOURCE_EXHAUSTED"), phase.errors().keySet());
    assertEquals(
        phase.counts().failed(),
        phase.errors().values().stream().mapToLong(PhaseReport.Errors::requests).sum());
    assertTrue(phase.counts().failed() > 300, phase.counts().toString());
    assertEquals(0, phase.counts().lost());
  }

  @Test
  void fullSlotsWriteTokensAtTheirRate() throws IOException {
    PhaseReport phase = runs.run(closed(64, "grpc"), usual(2, 8, List.of())).phase();

    double first = 20.0 / 19; // which needs no time
    assertEquals(2 * 8 * 20 * first, phase.rates().tokens(), 8);
    assertEquals(50_000, phase.latencies().gap().p50(), 100);
  }

  @Test
  void aFullBatchWritesATokenOfEachSequenceInAStep() throws IOException {
    var engine = new StepTimes.Batched(10, 1, 0.1);

    PhaseReport phase = runs.run(closed(64, "grpc"), model(2, 8, engine, List.of())).phase();

    double share = phase.rates().tokens() / (2 * engine.tokensPerSecond(8));
    assertTrue(share > 0.9 && share < 1, "prompts take the rest: " + share);
    assertTrue(phase.latencies().gap().p50() >= 17_900, phase.latencies().gap().toString());
  }

  @Test
  void coarseStepsHaveTheSameRates() throws IOException {
    var engine = new StepTimes.Batched(10, 1, 0.1);
    ClusterModel exact = model(2, 8, engine, List.of());
    ClusterModel coarse =
        new ClusterModel(
            new ClusterModel.Workers(2, 8, engine, 5),
            exact.processes(),
            exact.partitions(),
            exact.times(),
            List.of());

    Outcome first = runs.run(closed(64, "grpc"), exact);
    Outcome second = runs.run(closed(64, "grpc"), coarse);

    assertEquals(1, second.phase().rates().tokens() / first.phase().rates().tokens(), 0.12);
    assertEquals(1, broker(second) / broker(first), 0.2);
  }

  private static double broker(Outcome run) {
    return run.cluster().utilisations().stream()
        .filter(part -> part.part().equals("broker"))
        .mapToDouble(Utilisation::mean)
        .sum();
  }

  @Test
  void submissionsHearOfTheirResultsAlone() throws IOException {
    PhaseReport phase = runs.run(closed(16, "kafka"), usual(2, 8, List.of())).phase();

    assertEquals(0, phase.latencies().firstToken().count());
    assertEquals(0, phase.counts().lost());
    assertEquals(20 * phase.counts().finished(), phase.counts().tokens());
  }

  @Test
  void workersOfOnePartitionDoNotHelpAnother() throws IOException {
    ClusterModel usual = usual(4, 8, List.of());
    ClusterModel spread =
        new ClusterModel(
            usual.workers(),
            usual.processes(),
            new ClusterModel.Partitions(3),
            usual.times(),
            List.of());

    double together = runs.run(closed(100, "grpc"), usual).phase().rates().tokens();
    double apart = runs.run(closed(100, "grpc"), spread).phase().rates().tokens();

    assertEquals(4 * 8 * 20 * 20.0 / 19, together, 20);
    assertTrue(apart > 0.5 * together && apart < 0.9 * together, apart + " of " + together);
  }

  @Test
  void workersThatDieMustExist() {
    assertThrows(
        IllegalArgumentException.class,
        () -> usual(3, 8, List.of(new WorkerFault(4, seconds(1), seconds(1)))));
  }

  private static Duration seconds(int count) {
    return Duration.ofSeconds(count);
  }

  private static ClusterModel usual(int workers, int slots, List<WorkerFault> faults) {
    return model(workers, slots, TWENTY_A_SECOND, faults);
  }

  private static ClusterModel model(
      int workers, int slots, StepTimes steps, List<WorkerFault> faults) {
    return new ClusterModel(
        new ClusterModel.Workers(workers, slots, steps, 1),
        new ClusterModel.Processes(2, 1, 1, 1, 2, 8_192),
        new ClusterModel.Partitions(1),
        ClusterModel.Times.USUAL,
        faults);
  }

  private static String poisson(int rate, String duration, String patience, String more) {
    return """
    [scenario]
    name = "chats"
    duration = "%s"
    warm-up = "0s"
    patience = "%s"
    [load]
    pattern = "poisson"
    rate = %d
    [[load.caller]]
    prompt-tokens = "lognormal 30 0.8"
    answer-tokens = "uniform 8 64"
    %s
    """
        .formatted(duration, patience, rate, more);
  }

  private static String closed(int callers, String kind) {
    return """
    [scenario]
    name = "closed"
    duration = "30s"
    warm-up = "5s"
    [target]
    kind = "%s"
    [load]
    pattern = "closed"
    callers = %d
    [[load.caller]]
    prompt-tokens = "10"
    answer-tokens = "20"
    """
        .formatted(kind, callers);
  }
}
