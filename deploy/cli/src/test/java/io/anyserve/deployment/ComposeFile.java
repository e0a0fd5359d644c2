package io.anyserve.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** {@code deploy/compose.yaml}, read as YAML with its anchors and merges. */
record ComposeFile(Map<?, ?> root) {

  static final Path FOLDER = Path.of("../..", "deploy");

  private static final int MOST_ALIASES = 500;

  static ComposeFile read() throws IOException {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(MOST_ALIASES);
    return new ComposeFile(
        new Yaml(options).<Map<?, ?>>load(Files.readString(FOLDER.resolve("compose.yaml"))));
  }

  /** The services by their names. */
  Map<String, Service> services() {
    Map<String, Service> all = new TreeMap<>();
    map(root.get("services"))
        .forEach(
            (name, value) -> all.put(name.toString(), new Service(name.toString(), map(value))));
    return all;
  }

  /** Those that a profile starts. */
  List<Service> of(String profile) {
    return services().values().stream()
        .filter(service -> service.profiles().contains(profile))
        .toList();
  }

  Set<String> profiles() {
    return services().values().stream()
        .flatMap(service -> service.profiles().stream())
        .collect(Collectors.toSet());
  }

  /** The names in a section of the top level, such as {@code volumes}. */
  Set<String> names(String section) {
    return map(root.get(section)).keySet().stream()
        .map(Object::toString)
        .collect(Collectors.toSet());
  }

  /** The files that the configs or secrets of the top level name, relative to the file. */
  List<Path> files(String section) {
    return map(root.get(section)).values().stream()
        .map(value -> FOLDER.resolve(text(map(value).get("file"))).normalize())
        .toList();
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> found ? found : Map.of();
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> found ? found : List.of();
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  /** One service; what it does not have is empty. */
  record Service(String name, Map<?, ?> value) {

    Set<String> profiles() {
      return new HashSet<>(texts("profiles"));
    }

    List<String> texts(String key) {
      return list(value.get(key)).stream().map(Object::toString).toList();
    }

    Optional<Object> at(String... path) {
      Object found = value;
      for (String key : path) {
        found = found instanceof Map<?, ?> inner ? inner.get(key) : null;
      }
      return Optional.ofNullable(found);
    }

    String image() {
      return at("image").map(Object::toString).orElse("");
    }

    boolean isAnyServe() {
      return image().startsWith("anyserve/");
    }

    /** Variables with their values; null becomes an empty text. */
    Map<String, String> environment() {
      Map<String, String> all = new HashMap<>();
      map(value.get("environment"))
          .forEach((name, text) -> all.put(name.toString(), ComposeFile.text(text)));
      return all;
    }

    Set<String> dependencies() {
      return map(value.get("depends_on")).keySet().stream()
          .map(Object::toString)
          .collect(Collectors.toSet());
    }

    /** Its name and its aliases on the networks. */
    Stream<String> hostNames() {
      Stream<String> aliases =
          map(value.get("networks")).values().stream()
              .flatMap(network -> list(map(network).get("aliases")).stream())
              .map(Object::toString);
      return Stream.concat(Stream.of(name), aliases);
    }

    /** The sources of the configs or the names of the secrets that it mounts. */
    List<String> mounted(String section) {
      return list(value.get(section)).stream()
          .map(
              each -> each instanceof Map<?, ?> entry ? text(entry.get("source")) : each.toString())
          .toList();
    }
  }
}
