package io.anyserve.loadtest.simulation;

import io.anyserve.loadtest.capacity.ProcessCosts;
import io.anyserve.loadtest.capacity.ServiceCosts;
import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.run.VirtualRun;
import io.anyserve.loadtest.scenario.Scenario;
import io.anyserve.loadtest.scenario.ScenarioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Runs a scenario, written as in a file, against a model. */
final class ModelRun {

  private static final ProcessCosts FREE = new ProcessCosts(0, 0, 0);

  /** Nothing takes time but the engine. */
  static final ClusterModel.Times ENGINE_ALONE =
      new ClusterModel.Times(
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofMillis(150),
          Duration.ZERO,
          Duration.ZERO,
          new ServiceCosts(FREE, FREE, FREE, FREE, FREE, 0));

  private final Path folder;

  ModelRun(Path folder) {
    this.folder = folder;
  }

  /** The report, and the cluster as it is at the end. */
  record Outcome(LoadReport report, ModelCluster cluster) {

    PhaseReport phase() {
      return report.phases().getFirst();
    }
  }

  Outcome run(String toml, ClusterModel model) throws IOException {
    Path file = Files.writeString(folder.resolve("scenario.toml"), toml);
    Scenario scenario = ScenarioFile.read(file, Map.of());
    EventQueue time = new EventQueue();
    ModelCluster cluster = ModelCluster.start(time, model, scenario.target().kind());
    LoadReport report =
        new VirtualRun(scenario, time, model.toString()).run(cluster, cluster, Instant.EPOCH);
    return new Outcome(report, cluster);
  }

  static ClusterModel workers(int count, int slots, StepTimes steps) {
    return new ClusterModel(
        new ClusterModel.Workers(count, slots, steps, 1),
        new ClusterModel.Processes(1, 1, 1, 1, 1, 1_000_000),
        new ClusterModel.Partitions(1),
        ENGINE_ALONE,
        List.of());
  }
}
