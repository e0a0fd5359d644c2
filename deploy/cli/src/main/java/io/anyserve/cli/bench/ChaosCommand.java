package io.anyserve.cli.bench;

import io.anyserve.chaos.FaultKind;
import io.anyserve.chaos.FaultPlan;
import io.anyserve.chaos.FaultReport;
import io.anyserve.chaos.FaultSuite;
import io.anyserve.chaos.HtmlReport;
import io.anyserve.chaos.TextReport;
import io.anyserve.chaos.cluster.AotCache;
import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.chaos.cluster.ClusterSize;
import io.anyserve.chaos.cluster.EngineChoice;
import io.anyserve.chaos.cluster.LaunchCommand;
import io.anyserve.cli.options.InstallPaths;
import io.anyserve.cli.options.ThisProgram;
import io.anyserve.standalone.TemporaryFolder;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.EngineFactory;
import io.anyserve.worker.simulated.SimulatedFactory;
import io.anyserve.worker.torch.TorchFactory;
import io.anyserve.worker.torch.precision.PrecisionChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Breaks every part of the product under load and proves that nobody could tell. */
@Command(
    mixinStandardHelpOptions = true,
    name = "chaos",
    description =
        "Inject faults under load, and check that nothing is lost, repeated or billed wrong.",
    sortOptions = false)
public final class ChaosCommand implements Callable<Integer> {

  private static final int HARMED = 1;
  private static final int TORCH_VARIETY = 24;
  private static final int BROKERS = 3;
  private static final String PRECISION = "precision";

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--long",
      description = "Send 100,000 requests and inject at least 240 faults of all kinds.")
  boolean longForm;

  @Option(
      names = "--small",
      description = "Start fewer processes: 2 ingresses, 2 workers, one of each other service.")
  boolean small;

  @Option(
      names = "--ha",
      description =
          "Start three brokers that each hold every record, and break one of them at a time.")
  boolean ha;

  @Option(names = "--requests", paramLabel = "N", description = "Fewest requests (default: 300).")
  @Nullable Integer requests;

  @Option(
      names = "--faults",
      paramLabel = "N",
      description = "Fewest faults; the load continues until then (default: one of each kind).")
  @Nullable Integer faults;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Requests per second (default: 50, torch 2, or half of the machine's capacity if that"
              + " is less).")
  @Nullable Double rate;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of requests and faults (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--engine",
      defaultValue = "simulated",
      description = "Engine of the workers, simulated or torch (default: ${DEFAULT-VALUE}).")
  String engine = "";

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "KIND",
      description = "Inject only these kinds of faults, such as worker-kill (default: all).")
  List<String> only = List.of();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the report to this file, as JSON.")
  @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also write the report to this file, as HTML.")
  @Nullable Path html;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory that keeps settings, logs and data; must be empty.")
  @Nullable Path data;

  @Override
  public Integer call() throws Exception {
    Form form = form();
    List<FaultKind> kinds = kinds();
    if (data != null) {
      return run(form, kinds, empty(data));
    }
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-faults")) {
      return run(form, kinds, folder.path());
    }
  }

  private Form form() {
    return switch (engine) {
      case "simulated" ->
          new Form(
              simulated(),
              new SimulatedFactory(System::nanoTime),
              "words",
              50,
              Integer.MAX_VALUE,
              true);
      case "torch" ->
          new Form(
              torch(),
              new TorchFactory(),
              InstallPaths.model().toString(),
              2,
              TORCH_VARIETY,
              false);
      default ->
          throw new ParameterException(
              spec.commandLine(), "--engine: " + engine + " (expected: simulated or torch)");
    };
  }

  /** What depends on the engine. */
  private record Form(
      EngineChoice choice,
      EngineFactory factory,
      String model,
      double rate,
      int variety,
      boolean large) {

    /** As fast as it can, with the numbers of the workers. */
    Engine alone() {
      Map<String, String> numbers = new HashMap<>(choice.options());
      numbers.keySet().retainAll(Set.of(PRECISION));
      return factory.open(new EngineConfig(choice.kind(), model, 1, numbers)).load();
    }
  }

  private static EngineChoice simulated() {
    return new EngineChoice("simulated", "words", 8, Map.of("token-rate", "50"), 160);
  }

  /** Chosen once for all workers: each would try for itself, beside whatever the faults do. */
  private static EngineChoice torch() {
    String precision = PrecisionChoice.ofThisMachine(1).chosen().text();
    String model = InstallPaths.model().toAbsolutePath().toString();
    return new EngineChoice("torch", model, 4, Map.of(PRECISION, precision), 512);
  }

  private List<FaultKind> kinds() {
    try {
      return only.isEmpty()
          ? Stream.of(FaultKind.values()).filter(kind -> kind.suits(size().brokers())).toList()
          : only.stream().map(FaultKind::of).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--only: " + e.getMessage(), e);
    }
  }

  private Path empty(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (var content = Files.list(folder)) {
      if (content.findAny().isPresent()) {
        throw new ParameterException(
            spec.commandLine(), "--data: " + folder + " (expected: an empty folder)");
      }
    }
    return folder;
  }

  private int run(Form form, List<FaultKind> kinds, Path folder) throws Exception {
    try (Engine alone = form.alone()) {
      FaultReport report =
          new FaultSuite(plan(form, kinds, folder), new ReferenceEngine(alone), this::progress)
              .run();
      PrintWriter out = spec.commandLine().getOut();
      out.print(TextReport.of(report));
      out.flush();
      write(report);
      return report.clean() ? 0 : HARMED;
    }
  }

  private FaultPlan plan(Form form, List<FaultKind> kinds, Path folder) throws IOException {
    int least = longForm ? 8 * kinds.size() : kinds.size();
    return new FaultPlan(
        new ClusterComponents.Plan(folder, quick(folder), size(), form.choice(), seed),
        requests == null ? (longForm ? 100_000 : 300) : requests,
        faults == null ? least : faults,
        rate == null ? form.rate() : rate,
        rate == null,
        form.variety(),
        form.large(),
        kinds);
  }

  private ClusterSize size() {
    ClusterSize services = small ? ClusterSize.SMALL : ClusterSize.WHOLE;
    return ha ? services.withBrokers(BROKERS) : services;
  }

  /**
   * With the cache that the launcher recorded, if it fits; recording one here pays where there are
   * many starts.
   */
  private LaunchCommand quick(Path folder) throws IOException {
    Optional<LaunchCommand> recorded =
        AotCache.recorded(ThisProgram.command(), InstallPaths.aotCache());
    if (recorded.isPresent() || !longForm) {
      return recorded.orElseGet(ThisProgram::command);
    }
    progress("recording what the services load");
    return AotCache.record(ThisProgram.command(), folder.resolve("aot"));
  }

  private void progress(String what) {
    spec.commandLine().getErr().println(what);
  }

  private void write(FaultReport report) throws IOException {
    if (json != null) {
      Files.writeString(
          json,
          JsonMapper.builder()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .build()
                  .writeValueAsString(report)
              + "\n");
    }
    if (html != null) {
      Files.writeString(html, HtmlReport.of(report));
    }
  }
}
