package io.anyserve.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.deployment.RenderedChart.Pod;
import io.anyserve.deployment.RenderedChart.ServiceContainer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart's rendered variants against Kubernetes. */
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
      assertEquals(values, RenderedChart.variants());
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
  @MethodSource("io.anyserve.deployment.RenderedChart#variants")
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
  @MethodSource("io.anyserve.deployment.RenderedChart#variants")
  void servicesLeadToPodsThatListen(String variant) throws IOException {
    RenderedChart chart = RenderedChart.of(variant);
    for (var service : chart.all(io.fabric8.kubernetes.api.model.Service.class)) {
      List<Pod> pods = matching(chart, service.getSpec().getSelector());
      assertFalse(pods.isEmpty(), service.getMetadata().getName());
      for (Pod pod : pods) {
        for (ServicePort port : service.getSpec().getPorts()) {
          assertTrue(pod.ports().contains(port.getPort()), pod.workload() + ": " + port);
        }
      }
    }
  }

  private static List<Pod> matching(RenderedChart chart, Map<String, String> selector) {
    return chart.pods().stream().filter(pod -> pod.matches(selector)).toList();
  }

  @ParameterizedTest
  @MethodSource("io.anyserve.deployment.RenderedChart#variants")
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
      assertEquals(pod.ports(), open, pod.workload());
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
  @MethodSource("io.anyserve.deployment.RenderedChart#variants")
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
  @MethodSource("io.anyserve.deployment.RenderedChart#variants")
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
}
