package io.anyserve.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * A TOML file with environment variables over it: {@code ANYSERVE_INGRESS_PORT} wins over {@code
 * port} in {@code [ingress]}, and {@code ANYSERVE_INGRESS_PORT_FILE} names a file with the value.
 * Mistakes are collected while sections are read and thrown together by {@link #check(Set)}.
 */
public final class Config {

  private static final String ENVIRONMENT_PREFIX = "ANYSERVE_";

  /** Containers have it: a name that no other one has, by which they reach each other. */
  private static final String HOST_NAME = "HOSTNAME";

  private final ObjectNode root;
  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, ConfigSection> sections = new LinkedHashMap<>();

  private Config(ObjectNode root, Map<String, String> environment) {
    this.root = root;
    this.environment = Map.copyOf(environment);
  }

  /** Throws {@link ConfigException} when the file cannot be read or is not TOML. */
  public static Config read(Path file, Map<String, String> environment) {
    try {
      return parse(Files.readString(file), environment);
    } catch (IOException e) {
      throw new ConfigException(List.of(file + ": cannot be read (" + e + ")"));
    }
  }

  /** Throws {@link ConfigException} when the text is not TOML. */
  public static Config parse(String toml, Map<String, String> environment) {
    TomlMapper mapper = new TomlMapper();
    try {
      JsonNode tree = mapper.readTree(toml);
      return new Config(
          tree instanceof ObjectNode object ? object : mapper.createObjectNode(), environment);
    } catch (JacksonException e) {
      throw new ConfigException(List.of("not TOML: " + e.getOriginalMessage()));
    }
  }

  /** One table with these values, without a file and an environment. */
  public static Config of(String table, Map<String, String> values) {
    ObjectNode root = new TomlMapper().createObjectNode();
    ObjectNode node = root.putObject(table);
    values.forEach(node::put);
    return new Config(root, Map.of());
  }

  /** A table of the file; an empty one where the file has none. Several readers may share it. */
  public ConfigSection section(String name) {
    return sections.computeIfAbsent(
        name, path -> new ConfigSection(path, table(path, root.get(path)), environment, problems));
  }

  /** The table {@code [section.name]}; an empty one where the file has none. */
  public ConfigSection table(String section, String name) {
    section(section).holds(name);
    JsonNode parent = root.get(section);
    String path = section + "." + name;
    return sections.computeIfAbsent(
        path,
        key ->
            new ConfigSection(
                key, table(key, parent == null ? null : parent.get(name)), environment, problems));
  }

  /** The tables of {@code [[section.name]]}, in order; environment variables do not reach them. */
  public List<ConfigSection> tables(String section, String name) {
    JsonNode parent = root.get(section);
    JsonNode array = parent == null ? null : parent.get(name);
    List<ConfigSection> tables = new ArrayList<>();
    for (int i = 0; array != null && i < array.size(); i++) {
      JsonNode element = array.get(i);
      String path = section + "." + name + "[" + i + "]";
      tables.add(
          sections.computeIfAbsent(
              path, key -> new ConfigSection(key, table(key, element), Map.of(), problems)));
    }
    return tables;
  }

  /** The keys that were read, by the paths of their tables: what a file may say. */
  public Map<String, List<Setting>> settings() {
    Map<String, List<Setting>> all = new LinkedHashMap<>();
    sections.forEach((path, section) -> all.put(path, section.settings()));
    return all;
  }

  /** The name of this machine or container, where its environment tells. */
  public Optional<String> hostName() {
    return Optional.ofNullable(environment.get(HOST_NAME)).filter(name -> !name.isBlank());
  }

  /** The environment variable that wins over a key of a table. */
  public static String variable(String table, String key) {
    return ENVIRONMENT_PREFIX
        + (table + "_" + key).toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
  }

  /** Adds a mistake found by the reader of a section. */
  public void problem(String problem) {
    problems.add(problem);
  }

  /**
   * Throws {@link ConfigException} with every mistake found, keys that nobody read included.
   *
   * @param known all tables that a file may have
   */
  public void check(Set<String> known) {
    root.propertyNames().stream()
        .filter(name -> !known.contains(name))
        .forEach(
            name ->
                problems.add(
                    "["
                        + name
                        + "]: unknown table (expected: one of "
                        + new TreeSet<>(known)
                        + ")"));
    sections.values().forEach(ConfigSection::refuseUnread);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private ObjectNode table(String path, @Nullable JsonNode node) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    if (node != null) {
      problems.add(path + ": " + node + " (expected: a table)");
    }
    return new TomlMapper().createObjectNode();
  }
}
