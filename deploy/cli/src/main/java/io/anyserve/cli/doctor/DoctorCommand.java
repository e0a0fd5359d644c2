package io.anyserve.cli.doctor;

import io.anyserve.cli.options.InstallPaths;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.ServiceConfigs;
import io.anyserve.standalone.StandaloneLayout;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what this machine, and the Kafka and S3 that are configured, lack for AnyServe. */
@Command(
    mixinStandardHelpOptions = true,
    name = "doctor",
    description =
        "Check what this machine lacks, with advice. The exit code is 1 when there is a problem.",
    sortOptions = false)
public final class DoctorCommand implements Callable<Integer> {

  private static final int PROBLEMS = 1;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory of up (default: .anyserve/data beside the script).")
  Path data = InstallPaths.data();

  @Option(
      names = "--port",
      defaultValue = "" + StandaloneLayout.DEFAULT_PORT,
      description = "First of the eight ports of up (default: ${DEFAULT-VALUE}).")
  int port;

  @Option(names = "--simulated", description = "Do not check what only models need.")
  boolean simulated;

  @Option(
      names = "--model",
      paramLabel = "PATH",
      description = "Hugging Face folder or GGUF file of the model (default: the shipped model).")
  @Nullable Path model;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = "Check these Kafka brokers instead of the embedded broker.")
  @Nullable String kafka;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Check the Kafka and S3 of this TOML file of run.")
  @Nullable Path config;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    Diagnosis diagnosis = Diagnosis.of(checks());
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? diagnosis.json() : diagnosis.text());
    out.flush();
    return diagnosis.problems() == 0 ? 0 : PROBLEMS;
  }

  private List<Check> checks() {
    Path folder = model == null ? InstallPaths.model() : model;
    StandaloneLayout place = new StandaloneLayout(data, port, simulated, folder);
    List<Check> checks = new ArrayList<>(DoctorChecks.machine(place, InstallPaths.directory()));
    if (config == null && kafka == null) {
      checks.addAll(DoctorChecks.standalone(place));
    } else {
      checks.addAll(services());
    }
    return checks;
  }

  /** The file's settings; Kafka's address on the command line wins over it. */
  private List<Check> services() {
    if (config == null) {
      TopicCatalogue standard =
          new TopicCatalogue(TopicNames.withDefaultPrefix(), TopicPartitioning.STANDALONE);
      return List.of(DoctorChecks.kafka(KafkaClients.of(String.valueOf(kafka)), standard));
    }
    ServiceConfigs configuration = new ServiceConfigs(Config.read(config, System.getenv()));
    Optional<ObjectStoreConfig> objects = configuration.objects();
    configuration.check();
    TopicCatalogue catalogue = new TopicCatalogue(configuration.topics(), configuration.sizes());
    return List.of(
        DoctorChecks.kafka(brokers(configuration), catalogue), DoctorChecks.objects(objects));
  }

  private KafkaClients brokers(ServiceConfigs configuration) {
    Map<String, String> all = new HashMap<>(configuration.kafka().settings());
    if (kafka != null) {
      all.put("bootstrap.servers", kafka);
    }
    return new KafkaClients(all);
  }
}
