package io.anyserve.deployment;

import io.anyserve.runtime.Config;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The manifests that the chart renders to with the values of a variant, as {@code
 * deploy/helm/check} wrote them.
 */
record RenderedChart(List<HasMetadata> manifests) {

  static final Path FOLDER = Path.of("../helm/rendered");

  /** A pod of a workload. */
  record Pod(String workload, PodTemplateSpec template) {

    /** Those beside the main one included. */
    Stream<Container> containers() {
      return Stream.concat(
          template.getSpec().getInitContainers().stream(),
          template.getSpec().getContainers().stream());
    }

    /** On which its containers listen. */
    Set<Integer> ports() {
      Set<Integer> ports = new TreeSet<>();
      containers().forEach(container -> ports.addAll(RenderedChart.ports(container)));
      return ports;
    }

    boolean matches(Map<String, String> selector) {
      return template.getMetadata().getLabels().entrySet().containsAll(selector.entrySet());
    }
  }

  /** A container that runs a service, with what the service reads. */
  record ServiceContainer(Pod pod, Container container, String service, Config settings) {}

  static List<String> variants() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString().replace(".yaml", ""))
          .sorted()
          .toList();
    }
  }

  static List<Integer> ports(Container container) {
    return container.getPorts().stream().map(ContainerPort::getContainerPort).toList();
  }

  static RenderedChart of(String variant) throws IOException {
    try (InputStream file = Files.newInputStream(FOLDER.resolve(variant + ".yaml"))) {
      return parse(file);
    }
  }

  static RenderedChart parse(InputStream yaml) {
    Object parsed = new KubernetesSerialization().unmarshal(yaml);
    Collection<?> all = parsed instanceof Collection<?> many ? many : List.of(parsed);
    return new RenderedChart(all.stream().map(HasMetadata.class::cast).toList());
  }

  <T> List<T> all(Class<T> kind) {
    return manifests.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<Pod> pods() {
    return manifests.stream().flatMap(manifest -> pod(manifest).stream()).toList();
  }

  private static Optional<Pod> pod(HasMetadata manifest) {
    String name = manifest.getKind() + " " + manifest.getMetadata().getName();
    return switch (manifest) {
      case Deployment deployment -> Optional.of(new Pod(name, deployment.getSpec().getTemplate()));
      case StatefulSet set -> Optional.of(new Pod(name, set.getSpec().getTemplate()));
      case Job job -> Optional.of(new Pod(name, job.getSpec().getTemplate()));
      default -> Optional.empty();
    };
  }

  /** The containers that run a service: {@code anyserve run SERVICE --config FILE}. */
  List<ServiceContainer> services() {
    return pods().stream()
        .flatMap(
            pod ->
                pod.containers()
                    .filter(container -> container.getArgs().getFirst().equals("run"))
                    .map(container -> service(pod, container)))
        .toList();
  }

  private ServiceContainer service(Pod pod, Container container) {
    List<String> arguments = container.getArgs();
    String file = Path.of(arguments.get(3)).getFileName().toString();
    return new ServiceContainer(
        pod, container, arguments.get(1), Config.parse(file(file), environment(container)));
  }

  private String file(String name) {
    return all(ConfigMap.class).stream()
        .map(map -> map.getData().get(name))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no file " + name + " in a ConfigMap"));
  }

  /** What comes from Secrets and fields of the pod is made up. */
  private static Map<String, String> environment(Container container) {
    Map<String, String> all = new HashMap<>();
    for (EnvVar variable : container.getEnv()) {
      String value =
          variable.getValueFrom() == null ? variable.getValue() : "made up, long enough for a key";
      all.put(
          variable.getName(), value.replace("$(POD_NAME)", "pod-1").replace("$(POD_IP)", "::1"));
    }
    return all;
  }
}
