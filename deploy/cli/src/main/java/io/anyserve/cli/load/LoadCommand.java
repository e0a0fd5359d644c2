package io.anyserve.cli.load;

import io.anyserve.loadtest.report.Comparison;
import io.anyserve.loadtest.report.Limit;
import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.report.Objective;
import io.anyserve.loadtest.report.ReportPage;
import io.anyserve.loadtest.report.ReportText;
import io.anyserve.loadtest.run.SaturationSearch;
import io.anyserve.loadtest.run.ScenarioRun;
import io.anyserve.loadtest.scenario.Scenario;
import io.anyserve.loadtest.scenario.ScenarioFile;
import io.anyserve.loadtest.scenario.Traffic;
import io.anyserve.runtime.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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

/** Loads a running service and reports what it did. */
@Command(
    mixinStandardHelpOptions = true,
    name = "load",
    description = "Load a running AnyServe as a scenario says, and report latencies and errors.",
    footer = {
      "",
      "Exit code 0 when all is as expected, 1 when the run failed, 2 for mistakes in arguments or in the"
          + " scenario, 4 when a limit or the objective is violated, 5 when the generator was late"
          + " itself and the figures say nothing about the service."
    },
    sortOptions = false)
public final class LoadCommand implements Callable<Integer> {

  private static final int WRONG_SCENARIO = 2;
  private static final int VIOLATED = 4;
  private static final int LATE = 5;

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "SCENARIO",
      description = "Scenario: a TOML file, or the name of a shipped one (see --list).")
  @Nullable String scenario;

  @Mixin ScenarioOverrides overrides = new ScenarioOverrides();

  @Option(
      names = "--key",
      paramLabel = "KEY",
      defaultValue = "${env:ANYSERVE_KEY}",
      description = "API key of callers that name no variable; prefer the variable ANYSERVE_KEY.")
  @Nullable String key;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results, as JSON.")
  @Nullable Path json;

  @Option(names = "--html", paramLabel = "FILE", description = "Write the report, one HTML page.")
  @Nullable Path html;

  @Option(
      names = "--fail-if",
      paramLabel = "LIMIT",
      description =
          "Exit with 4 if so, such as 'ttft.p99>250ms', 'errors>0.1%%' or 'requests<100'; may be"
              + " repeated, beside those of the scenario.")
  List<String> limits = new ArrayList<>();

  @Option(
      names = "--find-rate",
      description = "Find the highest rate that keeps the objective; --json has the best run.")
  boolean findRate;

  @Option(
      names = "--most",
      paramLabel = "RATE",
      defaultValue = "10000",
      description = "Highest rate that --find-rate tries (default: ${DEFAULT-VALUE}).")
  double most;

  @Option(
      names = "--precision",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description = "How exactly --find-rate searches (default: ${DEFAULT-VALUE}).")
  double precision;

  @Option(
      names = "--compare",
      arity = "2",
      paramLabel = "JSON",
      description = "Instead, compare two results: the first is before, the second after.")
  List<Path> compared = new ArrayList<>();

  @Option(names = "--list", description = "Instead, list the shipped scenarios.")
  boolean list;

  @Override
  public Integer call() throws Exception {
    if (list) {
      return list();
    }
    if (!compared.isEmpty()) {
      return compare();
    }
    if (scenario == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing required parameter: 'SCENARIO' (or --list, or --compare)");
    }
    try {
      return load(ShippedScenarios.find(scenario));
    } catch (ConfigException e) {
      err().println(scenario + ":\n" + e.getMessage());
      err().flush();
      return WRONG_SCENARIO;
    }
  }

  private int list() throws IOException {
    for (Path file : ShippedScenarios.all()) {
      Scenario shipped = ScenarioFile.read(file, Map.of());
      out().printf("%-26s %s%n", shipped.name(), shipped.description());
    }
    out().flush();
    return 0;
  }

  private int compare() throws IOException {
    LoadReport before = LoadReport.read(compared.getFirst());
    LoadReport after = LoadReport.read(compared.getLast());
    out().print(Comparison.of(before, after).text());
    late("before", before);
    late("after", after);
    out().flush();
    return 0;
  }

  private void late(String which, LoadReport report) {
    if (!report.valid()) {
      out().println(which + " is invalid: the generator was late");
    }
  }

  private int load(Path file) throws IOException, InterruptedException {
    List<Limit> given = limits();
    Map<String, String> values = overrides.values();
    Scenario read = ScenarioFile.read(file, values);
    if (findRate) {
      return findRate(file, read, values);
    }
    LoadReport report = run(read);
    List<String> violations = violations(read.checks(), given, report);
    out().print(ReportText.of(report));
    write(report, violations);
    return end(report, violations);
  }

  private List<Limit> limits() {
    try {
      return limits.stream().map(Limit::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--fail-if: " + e.getMessage(), e);
    }
  }

  private LoadReport run(Scenario read) throws IOException, InterruptedException {
    try (LoadProgressLine line = LoadProgressLine.on(err())) {
      return new ScenarioRun(read, keys(read), InstantSource.system(), line::show).run();
    }
  }

  /** API keys by the names of callers. */
  private Map<String, String> keys(Scenario read) {
    Map<String, String> keys = new HashMap<>();
    read.callers()
        .forEach(
            caller -> {
              @Nullable String found =
                  caller.keyVariable().map(this::variable).orElse(key == null ? "" : key);
              if (!found.isEmpty()) {
                keys.put(caller.name(), found);
              }
            });
    return keys;
  }

  private String variable(String name) {
    @Nullable String value = System.getenv(name);
    if (value == null) {
      throw new ParameterException(
          spec.commandLine(), "key-variable: " + name + " is not set (expected: an API key)");
    }
    return value;
  }

  private static List<String> violations(
      Scenario.Checks checks, List<Limit> given, LoadReport report) {
    List<String> violations = new ArrayList<>();
    checks.objective().ifPresent(objective -> violations.addAll(objective.misses(report)));
    checks.limits().forEach(limit -> violations.addAll(limit.violations(report)));
    given.forEach(limit -> violations.addAll(limit.violations(report)));
    return violations.stream().distinct().toList();
  }

  private void write(LoadReport report, List<String> violations) throws IOException {
    if (json != null) {
      Files.writeString(json, report.json());
    }
    if (html != null) {
      Files.writeString(html, ReportPage.of(report, violations));
    }
  }

  private int end(LoadReport report, List<String> violations) {
    violations.forEach(violation -> out().println("violated: " + violation));
    if (!report.valid()) {
      out().println("invalid: the generator was late");
    }
    out().flush();
    if (!violations.isEmpty()) {
      return VIOLATED;
    }
    return report.valid() ? 0 : LATE;
  }

  private int findRate(Path file, Scenario read, Map<String, String> values)
      throws IOException, InterruptedException {
    Objective objective =
        read.checks()
            .objective()
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "--find-rate: without an objective (expected: --objective, such as"
                            + " ttft.p99=200ms)"));
    if (!(read.traffic() instanceof Traffic.Open)) {
      throw new ParameterException(
          spec.commandLine(), "--find-rate: the scenario has no rate (expected: an open loop)");
    }
    double first = overrides.rate == null ? 1 : overrides.rate;
    var search = new SaturationSearch(objective, first, most, precision, this::tried);
    SaturationSearch.Found found =
        search.search(
            rate -> {
              Map<String, String> at = new HashMap<>(values);
              at.put("load.rate", Double.toString(rate));
              return run(ScenarioFile.read(file, at));
            });
    if (found.best().isEmpty()) {
      out().printf("%s is not kept at %.2f/s, the first rate%n", objective.text(), first);
      out().flush();
      return VIOLATED;
    }
    SaturationSearch.Step best = found.best().get();
    out().print(ReportText.of(best.report()));
    out().printf("highest rate that keeps %s: %.2f/s%n", objective.text(), best.rate());
    write(best.report(), List.of());
    out().flush();
    return 0;
  }

  private void tried(SaturationSearch.Step step) {
    out()
        .printf(
            "%10.2f/s  %s%n",
            step.rate(), step.kept() ? "kept" : "missed: " + String.join("; ", step.misses()));
    out().flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
