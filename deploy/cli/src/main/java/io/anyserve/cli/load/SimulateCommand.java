package io.anyserve.cli.load;

import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.report.ReportPage;
import io.anyserve.loadtest.report.ReportText;
import io.anyserve.loadtest.run.VirtualRun;
import io.anyserve.loadtest.scenario.Scenario;
import io.anyserve.loadtest.scenario.ScenarioFile;
import io.anyserve.loadtest.simulation.ClusterModel;
import io.anyserve.loadtest.simulation.EventQueue;
import io.anyserve.loadtest.simulation.ModelCluster;
import io.anyserve.loadtest.simulation.ModelComparison;
import io.anyserve.loadtest.simulation.SaturationTable;
import io.anyserve.loadtest.simulation.Utilisation;
import io.anyserve.runtime.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Loads a model of a service, in virtual time. */
@Command(
    mixinStandardHelpOptions = true,
    name = "simulate",
    description =
        "Simulate a service under the load of a scenario, and report what `load` would report.",
    footer = {
      "",
      "Exit code 0, 1 when the run failed, 2 for mistakes in arguments or in the scenario, 4 when"
          + " --validate finds that the simulation is wrong by more than 15 %%."
    },
    sortOptions = false)
public final class SimulateCommand implements Callable<Integer> {

  private static final int WRONG_SCENARIO = 2;
  private static final int NOT_WITHIN = 4;

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "SCENARIO",
      description = "Scenario: a TOML file, or the name of a shipped one (see load --list).")
  String scenario = "";

  @Mixin ModelOptions options = new ModelOptions();

  @Mixin ScenarioOverrides overrides = new ScenarioOverrides();

  @Option(
      names = "--sweep",
      paramLabel = "RATE",
      split = ",",
      description = "Simulate one run at each of these rates, and show which parts are full.")
  List<Double> sweep = new ArrayList<>();

  @Option(
      names = "--validate",
      description =
          "Also load real processes on this machine, each worker with the simulated engine, and"
              + " compare.")
  boolean validate;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results, as JSON.")
  @Nullable Path json;

  @Option(names = "--html", paramLabel = "FILE", description = "Write the report, one HTML page.")
  @Nullable Path html;

  /** What a run of the model gave. */
  private record Simulated(LoadReport report, List<Utilisation> parts, ModelCluster.Rest rest) {}

  @Override
  public Integer call() throws Exception {
    if (validate && !options.simulatedEngine()) {
      throw new ParameterException(
          spec.commandLine(),
          "--validate: with --step-ms or --kill-worker (expected: the simulated engine, no faults)");
    }
    try {
      return simulate(ShippedScenarios.find(scenario));
    } catch (ConfigException e) {
      spec.commandLine().getErr().println(scenario + ":\n" + e.getMessage());
      return WRONG_SCENARIO;
    }
  }

  private int simulate(Path file) throws IOException, InterruptedException {
    Map<String, String> values = overrides.values();
    if (!sweep.isEmpty()) {
      return sweep(file, values);
    }
    Simulated simulated = simulated(ScenarioFile.read(file, values));
    out().print(ReportText.of(simulated.report()));
    parts(simulated.parts());
    ModelCluster.Rest rest = simulated.rest();
    if (rest.inFlight() > 0) {
      out()
          .printf(
              "at the end %,d requests were in flight, %,d of them in engines, %,d waiting%n",
              rest.inFlight(), rest.running(), rest.waiting());
    }
    out().flush();
    if (json != null) {
      Files.writeString(json, simulated.report().json());
    }
    if (html != null) {
      Files.writeString(html, ReportPage.of(simulated.report(), List.of()));
    }
    return validate ? validated(file, values, simulated.report()) : 0;
  }

  private Simulated simulated(Scenario read) throws IOException {
    EventQueue time = new EventQueue();
    ClusterModel model = model();
    ModelCluster cluster = ModelCluster.start(time, model, read.target().kind());
    LoadReport report = run(read, time, model).run(cluster, cluster, Instant.now());
    return new Simulated(report, cluster.utilisations(), cluster.atEnd());
  }

  private ClusterModel model() {
    try {
      return options.model(validate ? ClusterComponents.DISCONNECT_GRACE : Duration.ZERO);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private VirtualRun run(Scenario read, EventQueue time, ClusterModel model) {
    try {
      return new VirtualRun(read, time, model.toString());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void parts(List<Utilisation> parts) {
    out().printf("%n%-12s %6s %6s %8s %12s%n", "part", "count", "mean", "busiest", "longest wait");
    for (Utilisation part : parts) {
      out()
          .printf(
              Locale.ROOT,
              "%-12s %,6d %4.0f %% %6.0f %% %9.1f ms%n",
              part.part(),
              part.count(),
              100 * part.mean(),
              100 * part.busiest(),
              part.longestWait() / 1e3);
    }
  }

  private int sweep(Path file, Map<String, String> values) throws IOException {
    SaturationTable table = new SaturationTable();
    for (double rate : sweep) {
      Map<String, String> at = new HashMap<>(values);
      at.put("load.rate", Double.toString(rate));
      Simulated simulated = simulated(ScenarioFile.read(file, at));
      table.add(
          new SaturationTable.Row(rate, simulated.report().phases().getFirst(), simulated.parts()));
    }
    out().print(table.text());
    out().flush();
    return 0;
  }

  private int validated(Path file, Map<String, String> values, LoadReport simulated)
      throws IOException, InterruptedException {
    LoadReport real;
    try (LoadProgressLine line = LoadProgressLine.on(spec.commandLine().getErr())) {
      real =
          RealProcesses.of(options, line::show)
              .run(
                  ScenarioFile.read(file, values).target().kind(),
                  addresses -> read(file, values, addresses));
    }
    ModelComparison comparison =
        ModelComparison.of(real.phases().getFirst(), simulated.phases().getFirst());
    out().printf("%nreal processes on this machine:%n");
    out().print(ReportText.of(real));
    out().println();
    out().print(comparison.text());
    out()
        .printf(
            Locale.ROOT,
            "load average of this machine: %.1f%n",
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    if (!real.valid()) {
      out().println("the generator was late: the real times say little");
    }
    out().flush();
    return comparison.within() ? 0 : NOT_WITHIN;
  }

  private static Scenario read(
      Path file, Map<String, String> values, Map<String, String> addresses) {
    Map<String, String> all = new HashMap<>(values);
    all.putAll(addresses);
    try {
      return ScenarioFile.read(file, all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
