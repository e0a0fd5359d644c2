package io.anyserve.standalone;

import io.anyserve.metering.http.UsageHttp;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.runtime.Setting;
import io.anyserve.standalone.SingleService.Service;
import io.anyserve.worker.simulated.SimulatedConfig;
import io.anyserve.worker.torch.TorchFactory;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Every setting of every service, as the code that reads it describes it. It is made by reading a
 * file that says nothing, so that keys, defaults and ranges are those of the readers.
 */
public final class SettingsReference {

  /** An element in each array of tables, whose keys nobody would read otherwise. */
  private static final String TEMPLATE =
      """
      [[ingress.key]]
      [[worker.capability]]
      """;

  private static final String INTRODUCTION =
      """
      # Settings

      `./anyserve settings --markdown` writes this page from the code that reads the settings; change the
      descriptions there.

      Each process reads one TOML file (`./anyserve run SERVICE --config FILE`). A table of another process may stay in the file.
      A process refuses to start on an unknown key or an invalid value, and reports all of them together.

      - An environment variable `ANYSERVE_TABLE_KEY` overrides a key: `ANYSERVE_INGRESS_MAX_DEADLINE` overrides `max-deadline` in
        `[ingress]`. Arrays of tables (`[[...]]`) can only be set in the file.
      - A variable `ANYSERVE_TABLE_KEY_FILE` names a file that holds the value, such as a secret that Docker, Kubernetes or systemd
        mounts: `ANYSERVE_OBJECTS_SECRET_KEY_FILE=/run/secrets/objects-secret-key`. `[kafka]` has no such variables; Kafka's
        clients read files with `config.providers`.
      - A duration is a whole number with a unit: `500ms`, `30s`, `5m`, `2h`, `1d`.
      - A setting that is marked *secret* appears in no log and no message. Prefer a variable or a file of its own for it.
      """;

  private static final String COMMAND_VARIABLES =
      """

      ## Variables of the command line

      These variables are no settings of a service: the launcher, the log and the client commands read them.

      | variable | default | meaning |
      |---|---|---|
      | `ANYSERVE_FOOTPRINT` | none | `small`: `run` takes less memory and is slower, for a service that has little to do ([performance](performance.md#memory)). |
      | `ANYSERVE_HEAP` | `1g`; `bench` `3g` | Maximum heap of `up`, `run`, `chaos`, `fuzz`, `load`, `usage` and `bench`. |
      | `ANYSERVE_JAVA_OPTIONS` | none | Further options of the JVM. |
      | `ANYSERVE_LOG` | `INFO` | Log level of AnyServe. |
      | `ANYSERVE_LOG_LIBRARIES` | `ERROR` | Log level of the libraries. |
      | `ANYSERVE_TRACE` | none | Any value prints the stack trace of a failed command. |
      | `ANYSERVE_SERVER` | `127.0.0.1:7400` | gRPC address of the ingress for client commands: `--server`. |
      | `ANYSERVE_KEY` | none | API key for client commands, secret: `--key`. |
      | `ANYSERVE_TLS_CA` | none | PEM file of the authority of an ingress that speaks TLS, for client commands: `--tls-ca`. |
      | `ANYSERVE_TLS_CERTIFICATE` | none | PEM file of the client's own certificate, for client commands at an ingress with `tls-client-ca`: `--tls-certificate`. |
      | `ANYSERVE_TLS_KEY` | none | PEM file of its key: `--tls-key`. |
      """;

  private static final Pattern LINK = Pattern.compile("\\[([^]]+)]\\(.*?\\)");

  private static final List<Table> TABLES =
      List.of(
          new Table(
              "kafka",
              "[kafka]",
              "Read by all processes. Every key is a setting of Kafka's clients and is passed on unchanged;"
                  + " `bootstrap.servers` (`ANYSERVE_KAFKA_BOOTSTRAP_SERVERS`) is required."),
          new Table(
              "topics",
              "[topics]",
              "Read by all processes; the values must be the same in each. Partitions and replicas apply when"
                  + " a topic is created. Never change `quota-partitions`; `usage-partitions` is fixed once the"
                  + " ledger or the conversations have records."),
          new Table(
              "objects",
              "[objects]",
              "Read by ingress and worker. Without an endpoint, payloads that do not fit in a record are"
                  + " refused."),
          new Table(
              "ingress", "[ingress]", "Read by the ingress; metering reads `require-key`, too."),
          new Table(
              "ingress.key[0]",
              "[[ingress.key]]",
              "Read by ingress and metering: one table for each API key that is not in the topic `keys`."
                  + " Where no key exists at all, every caller is tenant `default`."),
          new Table("quota", "[quota]", "Read by the ingress."),
          new Table("router", "[router]", "Read by the router."),
          new Table("worker", "[worker]", "Read by the worker."),
          new Table(
              "worker.capability[0]",
              "[[worker.capability]]",
              "Read by the worker: one table for each capability. Other keys are options of its engine."),
          new Table(
              "torch", "Options of engine `torch`", "Keys of a `[[worker.capability]]` table."),
          new Table(
              "simulated",
              "Options of engine `simulated`",
              "Keys of a `[[worker.capability]]` table."),
          new Table("metering", "[metering]", "Read by metering."),
          new Table(
              "metering.export",
              "[metering.export]",
              "Read by metering; see [exporting usage](usage.md#exporting-usage)."),
          new Table("tracing", "[tracing]", "Read by all processes."),
          new Table("metrics", "[metrics]", "Read by the worker."));

  /** A table of the file, with who reads it. */
  private record Table(String path, String heading, String readers) {

    /** Environment variables do not reach elements of arrays and options of engines. */
    boolean hasVariables() {
      return heading.startsWith("[") && !heading.startsWith("[[");
    }
  }

  private final Map<String, List<Setting>> settings;

  public SettingsReference() {
    this.settings = read();
  }

  /** The tables by their paths, with the settings that the services read from them. */
  public Map<String, List<Setting>> settings() {
    return settings;
  }

  /** The paths of the tables that the reference shows. */
  public static List<String> tables() {
    return TABLES.stream().map(Table::path).toList();
  }

  private static Map<String, List<Setting>> read() {
    Config file = Config.parse(TEMPLATE, Map.of());
    ServiceConfigs configs = new ServiceConfigs(file);
    configs.ingress(configs.objects());
    configs.router(ServiceConfigs.ROUTER_GRPC);
    configs.worker();
    configs.metering();
    configs.export();
    configs.tracing();
    configs.vllmMetrics();
    configs.usageHttp(UsageHttp.DEFAULT_PORT);
    configs.chatPage();
    for (Service service : Service.values()) {
      configs.http(service);
    }
    ConfigSection simulated = file.section("simulated");
    SimulatedConfig.read(simulated);
    TorchFactory.describe(file.section("torch"));
    return file.settings();
  }

  /** The page {@code docs/settings.md}. */
  public String markdown() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    for (Table table : TABLES) {
      String heading = table.heading();
      page.append("\n## ").append(heading.startsWith("[") ? "`" + heading + "`" : heading);
      page.append("\n\n").append(table.readers()).append('\n');
      if (!rows(table).isEmpty()) {
        page.append("\n| key | value | default | meaning |\n|---|---|---|---|\n");
      }
      rows(table).forEach(setting -> page.append(row(setting)));
    }
    return page.append(COMMAND_VARIABLES).toString();
  }

  private static String row(Setting setting) {
    return "| `%s` | %s | %s | %s |\n"
        .formatted(setting.key(), setting.value(), setting.otherwise(), setting.meaning());
  }

  /** For a terminal; with the environment variable of each key that has one. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Table table : TABLES) {
      text.append(text.isEmpty() ? "" : "\n").append(table.heading()).append("  ");
      text.append(LINK.matcher(table.readers()).replaceAll("$1")).append('\n');
      rows(table).forEach(setting -> text.append(entry(table, setting)));
    }
    return text.toString().replace("`", "");
  }

  private static String entry(Table table, Setting setting) {
    String entry =
        "  %s (%s; default: %s)\n      %s\n"
            .formatted(setting.key(), setting.value(), setting.otherwise(), setting.meaning());
    return table.hasVariables()
        ? entry + "      " + Config.variable(table.path(), setting.key()) + "\n"
        : entry;
  }

  private List<Setting> rows(Table table) {
    return settings.getOrDefault(table.path(), List.of());
  }
}
