package io.anyserve.standalone;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.worker.CapabilityConfig;
import io.anyserve.worker.DeliveryConfig;
import io.anyserve.worker.WorkerConfig;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.link.RouterAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code [worker]} and {@code [[worker.capability]]}. */
final class WorkerConfigReader {

  private static final int MOST_LOADED = 1_000_000;
  private static final CapabilityConfig NO_CAPABILITY =
      CapabilityConfig.of("none", new EngineConfig("none", "", 1, Map.of()));

  private WorkerConfigReader() {}

  /** Mistakes become problems of {@code settings}. */
  static WorkerConfig read(Config settings, TopicNames topics, TopicPartitioning sizes) {
    ConfigSection section = settings.section("worker");
    String id =
        section
            .optional(
                "id", "`HOSTNAME`, else `worker-1`", "Name of the worker; different for each.")
            .orElseGet(() -> settings.hostName().orElse("worker-1"));
    List<CapabilityConfig> capabilities =
        settings.tables("worker", "capability").stream()
            .map(WorkerConfigReader::capability)
            .toList();
    int maxLoaded =
        section
            .optionalInteger("max-loaded", "all", 1, MOST_LOADED, "Most models in memory at once.")
            .orElse(Math.max(1, capabilities.size()));
    boolean create =
        section.flag("create-topics", true, "Create missing topics of its capabilities.");
    DeliveryConfig delivery = delivery(section);
    List<RouterAddress> routers = routers(section);
    return section.build(
        () ->
            new WorkerConfig(
                new WorkerId(id),
                topics,
                capabilities,
                maxLoaded,
                delivery,
                create ? Optional.of(sizes) : Optional.empty(),
                routers),
        WorkerConfig.of(new WorkerId("worker"), topics, sizes, List.of(NO_CAPABILITY)));
  }

  private static List<RouterAddress> routers(ConfigSection section) {
    String addresses =
        section.text(
            "routers",
            "",
            "`host:port,...` of the routers' gRPC servers, which notice by a connection when the"
                + " worker dies; a name with several addresses stands for all. Empty: they notice"
                + " by its heartbeats, seconds later. `up` sets it.");
    return section.build(() -> RouterAddress.parseAll(addresses), List.of());
  }

  private static DeliveryConfig delivery(ConfigSection section) {
    DeliveryConfig usual = DeliveryConfig.DEFAULT;
    int attempts =
        section.integer(
            "attempts",
            usual.attempts(),
            1,
            DeliveryConfig.MOST_ATTEMPTS,
            "Attempts without a new token after which a request fails with `ATTEMPTS_EXHAUSTED`.");
    Duration drain =
        section.duration(
            "drain",
            usual.drain(),
            Duration.ZERO,
            "Time that running requests get to finish when the worker stops.");
    return section.build(() -> new DeliveryConfig(attempts, drain), usual);
  }

  /** Everything that is not named here is an option of the engine. */
  private static CapabilityConfig capability(ConfigSection section) {
    String name = section.required("name", "a capability", "Name of the capability.");
    String kind = section.required("engine", "`torch` or `simulated`", "Kind of its engine.");
    String model =
        section
            .optional(
                "model",
                "`name`",
                "The model of `torch`: a Hugging Face folder, a GGUF file, or the name of one that `pull`"
                    + " has downloaded; a name (`simulated`).")
            .orElse(name);
    int slots =
        section.integer(
            "slots", 8, 1, EngineConfig.MAX_SLOTS, "Most sequences in the engine at once.");
    Map<String, String> options = section.rest(Set.of("name", "engine", "model", "slots"));
    return section.build(
        () ->
            new CapabilityConfig(
                new Capability(name), new EngineConfig(kind, model, slots, options)),
        NO_CAPABILITY);
  }
}
