package io.anyserve.loadtest.scenario;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.loadtest.report.Limit;
import io.anyserve.loadtest.report.Objective;
import io.anyserve.loadtest.scenario.Scenario.Backlog;
import io.anyserve.loadtest.scenario.Scenario.Checks;
import io.anyserve.loadtest.scenario.Scenario.Times;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigException;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.runtime.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a scenario from TOML. All mistakes are reported together, each with its key and what was
 * expected.
 */
public final class ScenarioFile {

  private static final Set<String> TABLES =
      Set.of("scenario", "target", "load", "backlog", "observe", "checks");
  private static final String TABLES_OF_OVERRIDES =
      "scenario, target, load, backlog, observe or checks";
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final int MOST_REQUESTS = 10_000_000;

  private final Config config;
  private final TrafficTables traffic;

  private ScenarioFile(Config config, Path folder) {
    this.config = config;
    this.traffic = new TrafficTables(config, folder);
  }

  /**
   * Throws {@link ConfigException} with every mistake.
   *
   * @param overrides values by {@code TABLE.KEY} that win over those of the file
   */
  public static Scenario read(Path file, Map<String, String> overrides) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    return parse(Files.readString(file), folder == null ? Path.of(".") : folder, overrides);
  }

  /**
   * As the other.
   *
   * @param folder that files are relative to
   */
  static Scenario parse(String toml, Path folder, Map<String, String> overrides) {
    Map<String, String> variables = new HashMap<>();
    overrides.forEach((key, value) -> variables.put(variable(key), value));
    return new ScenarioFile(Config.parse(toml, variables), folder).scenario(overrides.keySet());
  }

  private static String variable(String key) {
    int dot = key.indexOf('.');
    if (dot < 1) {
      throw new IllegalArgumentException(key + " (expected: TABLE.KEY, such as load.rate)");
    }
    return Config.variable(key.substring(0, dot), key.substring(dot + 1));
  }

  private Scenario scenario(Set<String> overrides) {
    ConfigSection general = config.section("scenario");
    String name = general.required("name", "a name", "Name of the scenario, as reports have it.");
    Scenario scenario =
        new Scenario(
            name,
            general.text("description", "", "What the scenario is for, in a sentence."),
            general.integer("seed", 1, 0, Integer.MAX_VALUE, "Seed of everything that is drawn."),
            times(general),
            target(config.section("target")),
            traffic.traffic(),
            traffic.callers(),
            backlog(config.section("backlog")),
            list(
                config
                    .section("observe")
                    .text("metrics", "", "Addresses of metrics to scrape, with commas between.")),
            checks(config.section("checks")));
    overrides.stream().sorted().forEach(this::refuseUnknown);
    config.check(TABLES);
    return scenario;
  }

  private void refuseUnknown(String override) {
    int dot = override.indexOf('.');
    List<String> known =
        config.settings().getOrDefault(override.substring(0, dot), List.of()).stream()
            .map(Setting::key)
            .toList();
    if (!known.contains(override.substring(dot + 1))) {
      config.problem(override + ": unknown (expected: a key of " + TABLES_OF_OVERRIDES + ")");
    }
  }

  private static Times times(ConfigSection general) {
    return new Times(
        general.duration(
            "warm-up", Duration.ofSeconds(5), Duration.ZERO, "Load that is not measured, before."),
        general.duration("duration", Duration.ofMinutes(1), SHORTEST, "Measured load."),
        general.duration(
            "patience", Duration.ofMinutes(1), SHORTEST, "How long answers may take at the end."));
  }

  private static TargetSettings target(ConfigSection section) {
    TargetKind kind =
        section
            .choice(
                "kind",
                List.of(TargetKind.values()),
                TargetKind::key,
                "grpc",
                "How requests reach the service.")
            .orElse(TargetKind.GRPC);
    List<String> addresses =
        list(
            section.text(
                "addresses",
                defaultAddress(kind),
                "Ingresses, HOST:PORT with commas between; over HTTP their HTTP ports."));
    int connections =
        section.integer("connections", 2, 1, 1_000, "Connections of gRPC to each ingress.");
    String kafka =
        section.text("kafka", "127.0.0.1:7402", "Kafka's bootstrap servers, for submissions.");
    String prefix =
        section.text("topic-prefix", TopicNames.DEFAULT_PREFIX, "Prefix of all topic names.");
    addresses.forEach(address -> section.build(() -> HostPort.parse(address), HostPort.NONE));
    return new TargetSettings(
        kind, addresses, connections, tls(section), Map.of("bootstrap.servers", kafka), prefix);
  }

  private static String defaultAddress(TargetKind kind) {
    return switch (kind) {
      case GRPC, KAFKA -> "127.0.0.1:7400";
      case HTTP_COMPLETIONS, HTTP_CHAT -> "127.0.0.1:7407";
    };
  }

  private static Optional<TargetSettings.Tls> tls(ConfigSection section) {
    Optional<Path> authority =
        section
            .optional("tls-ca", "no TLS", "PEM file with the authority of the servers.")
            .map(Path::of);
    Optional<Path> certificate =
        section
            .optional("tls-certificate", "none", "PEM file with the client's certificate.")
            .map(Path::of);
    Optional<Path> key =
        section
            .optional("tls-key", "none", "PEM file with the key of `tls-certificate`.")
            .map(Path::of);
    Optional<TargetSettings.Identity> identity =
        certificate.flatMap(file -> key.map(secret -> new TargetSettings.Identity(file, secret)));
    return section.build(
        () -> {
          if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                "tls-certificate and tls-key: one of the two (expected: both or none)");
          }
          if (certificate.isPresent() && authority.isEmpty()) {
            throw new IllegalArgumentException(
                "tls-certificate: without tls-ca (expected: the authority of the servers, too)");
          }
          return authority.map(file -> new TargetSettings.Tls(file, identity));
        },
        Optional.empty());
  }

  private Optional<Backlog> backlog(ConfigSection section) {
    int requests =
        section.integer(
            "requests", 0, 0, MOST_REQUESTS, "Requests of the batch lane, submitted at once.");
    String capability =
        section.text("capability", traffic.capability(), "Capability that they ask.");
    LengthDistribution prompt =
        TrafficTables.length(section, "prompt-tokens", "50", "Tokens of their prompts.");
    LengthDistribution answer =
        TrafficTables.length(section, "answer-tokens", "50", "Tokens of their answers.");
    return requests == 0
        ? Optional.empty()
        : Optional.of(new Backlog(requests, capability, prompt, answer));
  }

  private static Checks checks(ConfigSection section) {
    Optional<String> objective =
        section.optional(
            "objective",
            "none",
            "What the service promises, such as `ttft.p99=200ms,errors=0.1%`.");
    Optional<String> limits =
        section.optional(
            "fail-if", "none", "What makes the run a failure, such as `ttft.p99>250ms,lost>0`.");
    return new Checks(
        section.build(() -> objective.map(Objective::parse), Optional.empty()),
        limits.stream()
            .flatMap(text -> list(text).stream())
            .flatMap(
                text ->
                    section
                        .build(() -> Optional.of(Limit.parse(text)), Optional.<Limit>empty())
                        .stream())
            .toList());
  }

  static List<String> list(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }
}
