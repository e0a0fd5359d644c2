package io.anyserve.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.documentation.MarkdownPage;
import io.anyserve.runtime.Config;
import io.anyserve.standalone.SettingsReference;
import io.anyserve.standalone.SingleService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Compose file against the settings, and against itself. */
final class ComposeFileTest {

  private static final Path SETTINGS = ComposeFile.FOLDER.resolve("docker/anyserve.toml");
  private static final Set<String> ONCE = Set.of("topics", "topics-ha", "loadtest");

  private final ComposeFile compose;

  ComposeFileTest() throws IOException {
    compose = ComposeFile.read();
  }

  @Test
  void itHasTheProfilesThatTheDocumentationNames() {
    assertEquals(
        Set.of("core", "ha", "gpu", "observability", "loadtest", "all"), compose.profiles());
  }

  @Test
  void everyVariableIsASettingOrOneOfTheCommandLine() throws IOException {
    Set<String> known = variables();
    List<String> unknown = new ArrayList<>();
    for (ComposeFile.Service service : compose.services().values()) {
      service.environment().keySet().stream()
          .filter(name -> name.startsWith("ANYSERVE_"))
          .filter(name -> !known.contains(name.replaceFirst("_FILE$", "")))
          .forEach(name -> unknown.add(service.name() + ": " + name));
    }
    assertEquals(List.of(), unknown);
  }

  private static Set<String> variables() throws IOException {
    Set<String> known =
        new SettingsReference()
            .settings().entrySet().stream()
                .flatMap(
                    table ->
                        table.getValue().stream()
                            .map(setting -> Config.variable(table.getKey(), setting.key())))
                .collect(Collectors.toCollection(TreeSet::new));
    MarkdownPage.read("docs/settings.md").inlineCode().stream()
        .filter(code -> code.matches("ANYSERVE_[A-Z_]+"))
        .forEach(known::add);
    return known;
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "ha"})
  void everyServiceAcceptsItsSettings(String profile, @TempDir Path folder) throws IOException {
    Path model = Path.of("../../gpu-worker/models/story").toAbsolutePath();
    String toml =
        Files.readString(SETTINGS)
            .replace("/opt/anyserve/models/story", model.toString())
            .replace("/var/lib/anyserve", folder.toString());
    int started = 0;
    for (ComposeFile.Service service : compose.of(profile)) {
      if (service.texts("command").contains("run")) {
        String name = service.texts("command").get(1).toUpperCase(Locale.ROOT);
        Config settings = Config.parse(toml, environment(service, folder));
        var process = new SingleService(SingleService.Service.valueOf(name), settings);
        assertFalse(process.addresses().isEmpty());
        started++;
      }
    }
    assertEquals(profile.equals("ha") ? 8 : 4, started);
  }

  /** What the container sees, with secrets in a folder of the test. */
  private static Map<String, String> environment(ComposeFile.Service service, Path folder)
      throws IOException {
    Map<String, String> all = new HashMap<>(Map.of("HOSTNAME", "0123456789ab"));
    for (var variable : service.environment().entrySet()) {
      String value = variable.getValue();
      if (value.startsWith("/run/secrets/")) {
        Path secret = folder.resolve(Path.of(value).getFileName());
        all.put(variable.getKey(), Files.writeString(secret, "0123456789abcdef\n").toString());
      } else if (!value.isEmpty()) {
        all.put(variable.getKey(), value);
      }
    }
    return all;
  }

  @Test
  void whatAServiceWaitsForIsInEachOfItsProfiles() {
    List<String> missing = new ArrayList<>();
    for (ComposeFile.Service service : compose.services().values()) {
      for (String profile : service.profiles()) {
        Set<String> there = names(profile);
        service.dependencies().stream()
            .filter(name -> !there.contains(name))
            // A worker on GPUs, load and observability run beside core or ha.
            .filter(name -> Set.of("core", "ha", "all").contains(profile))
            .forEach(name -> missing.add(profile + ": " + service.name() + " needs " + name));
      }
    }
    assertEquals(List.of(), missing);
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "ha", "all"})
  void everyHostOfTheSettingsIsInTheProfile(String profile) throws IOException {
    Set<String> hosts =
        compose.of(profile).stream()
            .flatMap(ComposeFile.Service::hostNames)
            .collect(Collectors.toSet());
    Stream<String> named =
        Stream.of("kafka", "objects", "router", "ingress", "metering", "worker", "gateway");
    assertEquals(List.of(), named.filter(host -> !hosts.contains(host)).toList());
    String settings = Files.readString(SETTINGS);
    assertTrue(settings.contains("\"kafka:9092\"") && settings.contains("\"router:7420\""));
  }

  @Test
  void haHasThreeBrokersAndTwoOfEachService() {
    List<String> hosts = compose.of("ha").stream().flatMap(ComposeFile.Service::hostNames).toList();
    Map<String, Long> counts =
        hosts.stream().collect(Collectors.groupingBy(host -> host, Collectors.counting()));
    assertEquals(3, counts.get("kafka"));
    for (String service : List.of("router", "ingress", "worker", "metering")) {
      assertEquals(2, counts.get(service), service);
    }
    compose.of("ha").stream()
        .filter(service -> service.environment().containsKey("ANYSERVE_TOPICS_REPLICATION"))
        .forEach(
            service ->
                assertEquals(
                    "3", service.environment().get("ANYSERVE_TOPICS_REPLICATION"), service::name));
  }

  @Test
  void portsArePublishedOnLoopbackOnly() {
    for (ComposeFile.Service service : compose.services().values()) {
      for (String port : service.texts("ports")) {
        assertTrue(port.startsWith("127.0.0.1:"), service.name() + ": " + port);
      }
      assertEquals(
          Set.of("gateway", "prometheus", "grafana", "jaeger").contains(service.name()),
          !service.texts("ports").isEmpty(),
          service.name());
    }
  }

  @Test
  void noSecretIsInTheFile() {
    Set<String> secrets =
        new SettingsReference()
            .settings().entrySet().stream()
                .flatMap(
                    table ->
                        table.getValue().stream()
                            .filter(setting -> setting.value().contains("secret"))
                            .map(setting -> Config.variable(table.getKey(), setting.key())))
                .collect(Collectors.toSet());
    secrets.addAll(List.of("ANYSERVE_OBJECTS_ACCESS_KEY", "ANYSERVE_KEY"));
    for (ComposeFile.Service service : compose.services().values()) {
      service
          .environment()
          .forEach(
              (name, value) ->
                  assertFalse(
                      secrets.contains(name) && !value.isEmpty(), service.name() + ": " + name));
    }
  }

  @Test
  void everyContainerIsConfined() {
    for (ComposeFile.Service service : compose.services().values()) {
      assertTrue(service.at("deploy", "resources", "limits", "memory").isPresent(), service::name);
      assertTrue(service.at("deploy", "resources", "limits", "cpus").isPresent(), service::name);
      assertEquals(List.of("ALL"), service.texts("cap_drop"), service::name);
      assertEquals(List.of("no-new-privileges:true"), service.texts("security_opt"), service::name);
      assertEquals(
          ONCE.contains(service.name()) ? "no" : "unless-stopped",
          service.at("restart").orElse(""),
          service::name);
      assertEquals(
          service.isAnyServe(),
          service.at("read_only").isPresent() && !service.name().equals("gateway"),
          service::name);
    }
  }

  @Test
  void everyServiceOfOursHasAHealthCheck() {
    compose.services().values().stream()
        .filter(ComposeFile.Service::isAnyServe)
        .filter(service -> !ONCE.contains(service.name()))
        .forEach(
            service ->
                assertEquals(
                    List.of("CMD", "anyserve", "health"),
                    service.at("healthcheck", "test").orElse(""),
                    service::name));
  }

  @Test
  void whatIsMountedExists() {
    for (ComposeFile.Service service : compose.services().values()) {
      assertTrue(compose.names("configs").containsAll(service.mounted("configs")), service::name);
      assertTrue(compose.names("secrets").containsAll(service.mounted("secrets")), service::name);
      service.texts("volumes").stream()
          .map(volume -> volume.split(":", 2)[0])
          .forEach(
              source ->
                  assertTrue(
                      source.startsWith("./")
                          ? Files.exists(ComposeFile.FOLDER.resolve(source))
                          : compose.names("volumes").contains(source),
                      service.name() + ": " + source));
    }
    compose.files("configs").forEach(file -> assertTrue(Files.exists(file), file::toString));
  }

  @Test
  void theScriptMakesEverySecret() throws IOException {
    String script = Files.readString(ComposeFile.FOLDER.resolve("docker/secrets"));
    compose
        .names("secrets")
        .forEach(name -> assertTrue(script.contains(name), name + " (expected: in the script)"));
  }

  @Test
  void theTopicsAreMadeAsTheSettingsSay() throws IOException {
    String settings = Files.readString(SETTINGS);
    List<ComposeFile.Service> creators =
        compose.services().values().stream()
            .filter(service -> service.name().startsWith("topics"))
            .toList();
    assertEquals(2, creators.size());
    for (ComposeFile.Service creator : creators) {
      String command = String.join(" ", creator.texts("command"));
      for (String key : List.of("token-partitions", "usage-partitions")) {
        String value = settings.replaceFirst("(?s).*\\n" + key + " = (\\d+)\\n.*", "$1");
        assertTrue(command.contains("--" + key + " " + value), command);
      }
    }
  }

  private Set<String> names(String profile) {
    return compose.of(profile).stream().map(ComposeFile.Service::name).collect(Collectors.toSet());
  }
}
