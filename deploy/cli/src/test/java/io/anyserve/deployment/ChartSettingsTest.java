package io.anyserve.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.cli.AnyServe;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.topic.AccessRights;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicSpec;
import io.anyserve.deployment.RenderedChart.Pod;
import io.anyserve.deployment.RenderedChart.ServiceContainer;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.runtime.Setting;
import io.anyserve.standalone.ServiceConfigs;
import io.anyserve.standalone.SettingsReference;
import io.anyserve.standalone.SingleService.Service;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The chart's rendered variants against what the services read. */
final class ChartSettingsTest {

  private static final Path CHART = Path.of("../helm/anyserve");

  private static final Map<String, List<String>> PORTS =
      Map.of(
          "ingress", List.of("port", "api-http-port", "http-port"),
          "router", List.of("port", "http-port"),
          "metering", List.of("port", "usage-http-port", "http-port"),
          "worker", List.of("http-port"));

  /** What a worker needs to hand its requests over, in seconds; docs/operations.md says it. */
  private static final int HANDOVER = 45;

  private static final int ROUTER = 7420;

  @ParameterizedTest
  @MethodSource("io.anyserve.deployment.RenderedChart#variants")
  void everyServiceRuns(String variant) throws IOException {
    Set<String> run =
        RenderedChart.of(variant).services().stream()
            .map(ServiceContainer::service)
            .collect(Collectors.toSet());
    assertEquals(PORTS.keySet(), run);
  }

  @ParameterizedTest
  @MethodSource("io.anyserve.deployment.RenderedChart#variants")
  void servicesAcceptTheirSettings(String variant) throws IOException {
    for (ServiceContainer found : RenderedChart.of(variant).services()) {
      ServiceConfigs configs = new ServiceConfigs(found.settings());
      switch (Service.valueOf(found.service().toUpperCase(Locale.ROOT))) {
        case INGRESS -> configs.ingress(configs.objects());
        case ROUTER -> configs.router(ROUTER);
        case WORKER -> {
          configs.worker();
          configs.objects();
          configs.vllmMetrics();
        }
        case METERING -> {
          configs.metering();
          configs.export();
          configs.usageHttp(0);
          configs.chatPage();
          configs.ingress(Optional.empty());
        }
      }
      configs.http(Service.valueOf(found.service().toUpperCase(Locale.ROOT)));
      configs.tracing();
      configs.check();
    }
  }

  @ParameterizedTest
  @MethodSource("io.anyserve.deployment.RenderedChart#variants")
  void everyKeyAndEveryVariableIsASetting(String variant) throws IOException {
    SettingsReference reference = new SettingsReference();
    String text = reference.text();
    Set<String> variables =
        Set.of("ANYSERVE_HEAP", "ANYSERVE_KAFKA_SASL_JAAS_CONFIG", "ANYSERVE_LOG");
    for (Pod pod : RenderedChart.of(variant).pods()) {
      pod.containers()
          .flatMap(container -> container.getEnv().stream())
          .map(EnvVar::getName)
          .filter(name -> name.startsWith("ANYSERVE_") && !variables.contains(name))
          .forEach(name -> assertTrue(text.contains(" " + name + "\n"), name));
    }
    for (ServiceContainer worker : services(variant, "worker")) {
      for (ConfigSection capability : worker.settings().tables("worker", "capability")) {
        String engine = capability.required("engine", "an engine", "Engine.");
        Set<String> known = keys(reference, engine);
        assertFalse(known.isEmpty(), engine);
        known.addAll(keys(reference, "worker.capability[0]"));
        Set<String> unknown = new TreeSet<>(capability.rest(Set.of()).keySet());
        unknown.removeAll(known);
        assertEquals(Set.of(), unknown);
      }
    }
  }

  private static List<ServiceContainer> services(String variant, String service)
      throws IOException {
    return RenderedChart.of(variant).services().stream()
        .filter(found -> found.service().equals(service))
        .toList();
  }

  private static Set<String> keys(SettingsReference reference, String table) {
    return reference.settings().getOrDefault(table, List.of()).stream()
        .map(Setting::key)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @MethodSource("io.anyserve.deployment.RenderedChart#variants")
  void probesAndPortsAreThoseOfTheSettings(String variant) throws IOException {
    for (ServiceContainer found : RenderedChart.of(variant).services()) {
      Container container = found.container();
      assertEquals(
          new TreeSet<>(ports(found)), new TreeSet<>(RenderedChart.ports(container)), variant);
      int http = port(found, "http-port");
      assertProbe("/health", http, container.getStartupProbe());
      assertProbe("/health", http, container.getLivenessProbe());
      assertProbe("/readiness", http, container.getReadinessProbe());
    }
  }

  private static List<Integer> ports(ServiceContainer found) {
    return PORTS.getOrDefault(found.service(), List.of()).stream()
        .map(key -> port(found, key))
        .toList();
  }

  private static int port(ServiceContainer found, String key) {
    ConfigSection section = found.settings().section(found.service());
    return section.integer(key, 0, 1, 65_535, "Port.");
  }

  private static void assertProbe(String path, int port, Probe probe) {
    assertEquals(path, probe.getHttpGet().getPath());
    assertEquals(port, probe.getHttpGet().getPort().getIntVal());
  }

  @ParameterizedTest
  @MethodSource("io.anyserve.deployment.RenderedChart#variants")
  void podsHaveTheTimeThatTheirServicesNeedToStop(String variant) throws IOException {
    for (ServiceContainer found : RenderedChart.of(variant).services()) {
      long grace = found.pod().template().getSpec().getTerminationGracePeriodSeconds();
      String key = found.service().equals("worker") ? "worker" : "ingress";
      long drain = drain(found.settings(), key);
      long sleep =
          Optional.ofNullable(found.container().getLifecycle())
              .map(lifecycle -> lifecycle.getPreStop().getSleep().getSeconds())
              .orElse(0L);
      long needed =
          switch (found.service()) {
            case "worker" -> drain + HANDOVER;
            case "ingress" -> sleep + drain + 10;
            default -> sleep + 30;
          };
      assertTrue(
          grace >= needed, found.service() + ": " + grace + " (expected: >= " + needed + ")");
    }
  }

  private static long drain(Config settings, String table) {
    return settings
        .section(table)
        .duration("drain", Duration.ZERO, Duration.ZERO, "Drain.")
        .toSeconds();
  }

  @Test
  void topicsOfStrimziAreThoseOfTheCatalogue() throws IOException {
    ServiceConfigs configs =
        new ServiceConfigs(services("strimzi", "router").getFirst().settings());
    TopicCatalogue catalogue = new TopicCatalogue(configs.topics(), configs.sizes());
    List<TopicSpec> specs = new ArrayList<>(catalogue.fixed());
    specs.addAll(catalogue.of(new Capability("story")));
    Map<String, Object> expected = new TreeMap<>();
    specs.forEach(
        spec ->
            expected.put(
                spec.name(),
                topic(spec.partitions(), configs.sizes().replication(), spec.settings())));

    Map<String, Object> topics = new TreeMap<>();
    for (GenericKubernetesResource topic : custom("strimzi", "KafkaTopic")) {
      topics.put(
          topic.get("spec", "topicName"),
          topic(
              topic.get("spec", "partitions"),
              topic.get("spec", "replicas"),
              topic.get("spec", "config")));
    }

    assertEquals(expected, topics);
  }

  private static Map<String, Object> topic(int partitions, int replicas, Map<String, ?> config) {
    return Map.of("partitions", partitions, "replicas", replicas, "config", new TreeMap<>(config));
  }

  @Test
  void usersOfStrimziHaveTheRightsOfTheirRoles() throws IOException {
    AccessRights rights =
        new AccessRights(
            new ServiceConfigs(services("strimzi", "router").getFirst().settings()).topics());
    Map<String, Set<String>> expected = new TreeMap<>();
    for (AccessRights.Role role : AccessRights.Role.values()) {
      expected.put(
          "anyserve-" + role.name().toLowerCase(Locale.ROOT),
          rights.of(role).stream()
              .map(
                  right ->
                      right(
                          right.resource().resourceType().name(),
                          right.resource().name(),
                          right.resource().patternType() == PatternType.PREFIXED,
                          right.operation().name()))
              .collect(Collectors.toCollection(TreeSet::new)));
    }

    Map<String, Set<String>> users = new TreeMap<>();
    for (GenericKubernetesResource user : custom("strimzi", "KafkaUser")) {
      List<Map<String, Object>> acls = user.get("spec", "authorization", "acls");
      users.put(
          user.getMetadata().getName(),
          acls.stream()
              .flatMap(ChartSettingsTest::rights)
              .collect(Collectors.toCollection(TreeSet::new)));
    }

    assertEquals(expected, users);
  }

  private static Stream<String> rights(Map<String, Object> acl) {
    Map<?, ?> resource = (Map<?, ?>) Objects.requireNonNull(acl.get("resource"));
    Object name = resource.get("name");
    return ((List<?>) Objects.requireNonNull(acl.get("operations")))
        .stream()
            .map(
                operation ->
                    right(
                        String.valueOf(resource.get("type")),
                        name == null ? Resource.CLUSTER_NAME : name.toString(),
                        "prefix".equals(resource.get("patternType")),
                        String.valueOf(operation)));
  }

  /** In one way of writing: Strimzi's words are Kafka's without underscores. */
  private static String right(String type, String name, boolean prefix, String operation) {
    return "%s %s %s%s"
        .formatted(
            operation.replace("_", "").toLowerCase(Locale.ROOT),
            type.replace("_", "").toLowerCase(Locale.ROOT),
            name,
            prefix ? "*" : "");
  }

  private static List<GenericKubernetesResource> custom(String variant, String kind)
      throws IOException {
    return RenderedChart.of(variant).all(GenericKubernetesResource.class).stream()
        .filter(manifest -> manifest.getKind().equals(kind))
        .toList();
  }

  @Test
  void theSchemaOfTheValuesHasEverySetting() throws IOException {
    JsonNode schema = JsonMapper.shared().readTree(CHART.resolve("values.schema.json").toFile());
    JsonNode tables = schema.at("/properties/settings/properties");
    Map<String, List<Setting>> reference = new SettingsReference().settings();
    reference.forEach(
        (path, settings) -> {
          if (!path.contains("[") && !Set.of("kafka", "torch", "simulated").contains(path)) {
            JsonNode table = tables.at("/" + path.replace(".", "/properties/") + "/properties");
            Set<String> keys = new TreeSet<>(table.propertyNames());
            keys.removeIf(key -> reference.containsKey(path + "." + key));
            assertEquals(keys(new SettingsReference(), path), keys, path);
          }
        });
    Set<String> options = keys(new SettingsReference(), "torch");
    options.addAll(keys(new SettingsReference(), "simulated"));
    options.addAll(keys(new SettingsReference(), "worker.capability[0]"));
    assertEquals(options, new TreeSet<>(schema.at("/$defs/capability/properties").propertyNames()));
  }

  @Test
  void theJobCreatesTheTopicsOfEveryCapability() throws IOException {
    Container job =
        RenderedChart.of("gpu").pods().stream()
            .filter(pod -> pod.workload().startsWith("Job"))
            .flatMap(Pod::containers)
            .findFirst()
            .orElseThrow();
    assertEquals(List.of("topics", "create"), job.getArgs().subList(0, 2));
    assertTrue(
        job.getArgs()
            .containsAll(
                List.of("--capability=qwen", "--capability=minilm", "--capability=story")));
    assertEquals(
        0, AnyServe.commandLine().parseArgs(job.getArgs().toArray(String[]::new)).errors().size());
  }
}
