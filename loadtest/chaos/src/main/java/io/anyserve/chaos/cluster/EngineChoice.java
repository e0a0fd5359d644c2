package io.anyserve.chaos.cluster;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the workers run.
 *
 * @param kind "simulated" or "torch"
 * @param model a name or a folder
 * @param options of the engine, as its factory takes them
 * @param heapMegabytes of a worker's JVM
 */
public record EngineChoice(
    String kind, String model, int slots, Map<String, String> options, int heapMegabytes) {

  public EngineChoice {
    options = Map.copyOf(options);
  }

  /** The capability's table in a worker's settings. */
  String toml() {
    return """
    [[worker.capability]]
    name = "story"
    engine = "%s"
    model = '%s'
    slots = %d
    %s
    """
        .formatted(
            kind,
            model,
            slots,
            new TreeMap<>(options)
                .entrySet().stream()
                    .map(option -> option.getKey() + " = \"" + option.getValue() + "\"")
                    .collect(Collectors.joining("\n")));
  }
}
