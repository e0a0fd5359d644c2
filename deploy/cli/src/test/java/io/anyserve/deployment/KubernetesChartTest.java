package io.anyserve.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.cli.AnyServe;
import io.anyserve.contracts.Capability;
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
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The chart's rendered variants against Kubernetes and against what the services read. */
final class KubernetesChartTest {

  private static final Path CHART = Path.of("../helm/anyserve");

  /** Kinds of others, which the parser does not know. */
  private static final Set<String> CUSTOM =
      Set.of(
          "InferencePool",
          "Kafka",
          "KafkaNodePool",
          "KafkaTopic",
          "KafkaUser",
          "PrometheusRule",
          "ScaledObject",
          "ServiceMonitor");

  private static final Map<String, List<String>> PORTS =
      Map.of(
          "ingress", List.of("port", "api-http-port", "http-port"),
          "router", List.of("port", "http-port"),
          "metering", List.of("port", "usage-http-port", "http-port"),
          "worker", List.of("http-port"));

  /** What a worker needs to hand its requests over, in seconds; docs/operations.md says it. */
  private static final int HANDOVER = 45;

  private static final int ROUTER = 7420;

  static List<String> variants() throws IOException {
    try (Stream<Path> files = Files.list(RenderedChart.FOLDER)) {
      return files
          .map(file -> file.getFileName().toString().replace(".yaml", ""))
          .sorted()
          .toList();
    }
  }

  @Test
  void everyVariantOfTheValuesIsRendered() throws IOException {
    try (Stream<Path> files = Files.list(CHART)) {
      List<String> values =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("values-"))
              .map(name -> name.replace("values-", "").replace(".yaml", ""))
              .sorted()
              .toList();
      assertEquals(values, variants());
    }
  }

  @Test
  void theRenderedVariantsAreThoseOfTheChart() throws Exception {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    assumeTrue(
        Stream.of(path.split(":")).anyMatch(at -> Files.isExecutable(Path.of(at, "helm"))),
        "no helm");
    ProcessBuilder check = new ProcessBuilder("../helm/check").redirectErrorStream(true);
    // Validating needs schemas, which may have to be fetched.
    check.environment().put("KUBECONFORM", "none");
    Process running = check.start();
    String said = new String(running.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, running.waitFor(), said);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void everyFieldIsOneOfKubernetes(String variant) throws IOException {
    for (HasMetadata manifest : RenderedChart.of(variant).manifests()) {
      if (manifest instanceof GenericKubernetesResource other) {
        assertTrue(CUSTOM.contains(other.getKind()), "unknown kind " + other.getKind());
      } else {
        assertEquals(Set.of(), ManifestFields.unknown(manifest));
      }
    }
  }

  @Test
  void aMisspeltFieldIsFound() throws IOException {
    String manifests = Files.readString(RenderedChart.FOLDER.resolve("cpu.yaml"));
    String misspelt = manifests.replace("readinessProbe:", "readinesProbe:");

    Set<String> unknown = new TreeSet<>();
    RenderedChart.parse(new ByteArrayInputStream(misspelt.getBytes(UTF_8)))
        .manifests()
        .forEach(manifest -> unknown.addAll(ManifestFields.unknown(manifest)));

    assertTrue(unknown.contains("Deployment.Spec.Template.Spec.Containers[].readinesProbe"));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void everyServiceRuns(String variant) throws IOException {
    Set<String> run =
        RenderedChart.of(variant).services().stream()
            .map(ServiceContainer::service)
            .collect(Collectors.toSet());
    assertEquals(PORTS.keySet(), run);
  }

  @ParameterizedTest
  @MethodSource("variants")
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
  @MethodSource("variants")
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
  @MethodSource("variants")
  void probesAndPortsAreThoseOfTheSettings(String variant) throws IOException {
    for (ServiceContainer found : RenderedChart.of(variant).services()) {
      Container container = found.container();
      assertEquals(new TreeSet<>(ports(found)), new TreeSet<>(ports(container)), variant);
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

  private static List<Integer> ports(Container container) {
    return container.getPorts().stream().map(ContainerPort::getContainerPort).toList();
  }

  private static void assertProbe(String path, int port, Probe probe) {
    assertEquals(path, probe.getHttpGet().getPath());
    assertEquals(port, probe.getHttpGet().getPort().getIntVal());
  }

  @ParameterizedTest
  @MethodSource("variants")
  void servicesLeadToPodsThatListen(String variant) throws IOException {
    RenderedChart chart = RenderedChart.of(variant);
    for (var service : chart.all(io.fabric8.kubernetes.api.model.Service.class)) {
      List<Pod> pods = matching(chart, service.getSpec().getSelector());
      assertFalse(pods.isEmpty(), service.getMetadata().getName());
      for (Pod pod : pods) {
        for (ServicePort port : service.getSpec().getPorts()) {
          assertTrue(listening(pod).contains(port.getPort()), pod.workload() + ": " + port);
        }
      }
    }
  }

  private static List<Pod> matching(RenderedChart chart, Map<String, String> selector) {
    return chart.pods().stream().filter(pod -> pod.matches(selector)).toList();
  }

  private static Set<Integer> listening(Pod pod) {
    return pod.containers()
        .flatMap(container -> ports(container).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void networkPoliciesOpenThePortsThatPodsListenOnAndNoOther(String variant) throws IOException {
    RenderedChart chart = RenderedChart.of(variant);
    for (Pod pod : chart.pods()) {
      List<NetworkPolicy> policies =
          chart.all(NetworkPolicy.class).stream()
              .filter(policy -> pod.matches(policy.getSpec().getPodSelector().getMatchLabels()))
              .toList();
      assertTrue(policies.stream().anyMatch(KubernetesChartTest::deniesAll), pod.workload());
      Set<Integer> open = new TreeSet<>();
      policies.stream()
          .flatMap(policy -> policy.getSpec().getIngress().stream())
          .forEach(rule -> open.addAll(open(rule)));
      assertEquals(listening(pod), open, pod.workload());
    }
  }

  private static boolean deniesAll(NetworkPolicy policy) {
    return policy.getSpec().getIngress().isEmpty()
        && policy.getSpec().getEgress().isEmpty()
        && policy.getSpec().getPolicyTypes().equals(List.of("Ingress", "Egress"));
  }

  /** The router and metrics ask for no key, so somebody has to be named. */
  private static List<Integer> open(NetworkPolicyIngressRule rule) {
    List<Integer> ports = rule.getPorts().stream().map(port -> port.getPort().getIntVal()).toList();
    Set<Integer> keyed = Set.of(7400, 7407, 7430, 7432);
    assertTrue(!rule.getFrom().isEmpty() || keyed.containsAll(ports), "open to all: " + ports);
    return ports;
  }

  @ParameterizedTest
  @MethodSource("variants")
  void podsAreRestricted(String variant) throws IOException {
    for (Pod pod : RenderedChart.of(variant).pods()) {
      var spec = pod.template().getSpec();
      assertEquals(false, spec.getAutomountServiceAccountToken());
      assertEquals(false, spec.getEnableServiceLinks(), "they would set ANYSERVE_ROUTER_PORT");
      assertEquals(true, spec.getSecurityContext().getRunAsNonRoot());
      assertEquals("RuntimeDefault", spec.getSecurityContext().getSeccompProfile().getType());
      for (Container container : pod.containers().toList()) {
        SecurityContext security = container.getSecurityContext();
        assertEquals(false, security.getAllowPrivilegeEscalation());
        assertEquals(true, security.getReadOnlyRootFilesystem());
        assertEquals(List.of("ALL"), security.getCapabilities().getDrop());
        assertTrue(container.getResources().getLimits().containsKey("memory"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
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

  @ParameterizedTest
  @MethodSource("variants")
  void everyWorkloadThatServesHasADisruptionBudget(String variant) throws IOException {
    RenderedChart chart = RenderedChart.of(variant);
    for (ServiceContainer found : chart.services()) {
      assertTrue(
          chart.all(PodDisruptionBudget.class).stream()
              .anyMatch(
                  budget -> found.pod().matches(budget.getSpec().getSelector().getMatchLabels())),
          found.pod().workload());
    }
  }

  @Test
  void topicsOfStrimziAreThoseOfTheCatalogue() throws IOException {
    RenderedChart chart = RenderedChart.of("strimzi");
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
    for (GenericKubernetesResource topic : chart.all(GenericKubernetesResource.class)) {
      if (topic.getKind().equals("KafkaTopic")) {
        topics.put(
            topic.get("spec", "topicName"),
            topic(
                topic.get("spec", "partitions"),
                topic.get("spec", "replicas"),
                topic.get("spec", "config")));
      }
    }

    assertEquals(expected, topics);
  }

  private static Map<String, Object> topic(int partitions, int replicas, Map<String, ?> config) {
    return Map.of("partitions", partitions, "replicas", replicas, "config", new TreeMap<>(config));
  }

  @Test
  void rulesAreThoseOfPrometheus() throws IOException {
    GenericKubernetesResource rules =
        RenderedChart.of("ha").all(GenericKubernetesResource.class).stream()
            .filter(manifest -> manifest.getKind().equals("PrometheusRule"))
            .findFirst()
            .orElseThrow();
    Map<?, ?> shipped =
        new KubernetesSerialization()
            .unmarshal(
                Files.readString(Path.of("../prometheus/rules/anyserve.rules.yml")), Map.class);

    assertEquals(shipped.get("groups"), rules.get("spec", "groups"));
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
