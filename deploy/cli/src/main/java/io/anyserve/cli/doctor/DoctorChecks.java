package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.objects.MinioBlobStore;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.StandaloneLayout;
import io.anyserve.worker.torch.gguf.GgufModel;
import io.anyserve.worker.torch.libtorch.NativeLibraries;
import io.anyserve.worker.torch.libtorch.Platform;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.precision.PrecisionChoice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The checks with what this machine says. */
public final class DoctorChecks {

  /** Segments, indexes and state after a day of light use, with room to compact. */
  private static final long DATA_BYTES = 1L << 30;

  private static final long UNPACKED_BYTES = 450L << 20;
  private static final Path ROOT = Path.of("/");

  private DoctorChecks() {}

  /**
   * What every process needs.
   *
   * @param home of the program, where sources may lie
   */
  public static List<Check> machine(StandaloneLayout place, Path home) {
    int cores = Runtime.getRuntime().availableProcessors();
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    List<Check> checks = new ArrayList<>();
    checks.add(new ProcessorCheck(Instructions.ofThisMachine(), cores));
    checks.add(new LoadCheck(load, cores));
    checks.add(
        new MemoryCheck(MemorySize.of(ROOT), place.simulated() ? 0 : weights(place.model())));
    checks.add(new JavaCheck(JavaCheck.Jdk.ofThisProcess(), Sources.maven(home)));
    checks.add(new NativesCheck(Platform.ofThisMachine(), place.simulated(), libraries(place)));
    if (!place.simulated()) {
      int threads = Math.max(1, cores - 1);
      checks.add(new PrecisionCheck(() -> PrecisionChoice.ofThisMachine(threads)));
    }
    Path unpacked = NativeLibraries.unpacked();
    if (!place.simulated() && !Files.exists(unpacked)) {
      checks.addFirst(
          new DiskCheck("Unpacked libraries", unpacked, UNPACKED_BYTES, DiskCheck::usable));
    }
    return checks;
  }

  /** What one process with everything in it needs besides. */
  public static List<Check> standalone(StandaloneLayout place) {
    return List.of(
        new PortsCheck(place.port(), new LinuxListeners(Path.of("/proc")), new HttpNeighbour()),
        new DiskCheck("Data directory", place.data(), DATA_BYTES, DiskCheck::usable),
        new Fixed(
            "Kafka and S3",
            List.of(new Ok("neither --kafka nor --config: the embedded ones are used"))));
  }

  public static Check kafka(KafkaClients settings, TopicCatalogue catalogue) {
    return new KafkaCheck(
        String.valueOf(settings.settings().get("bootstrap.servers")),
        new AdminCluster(settings, catalogue));
  }

  /** Without an endpoint there is nothing to look at. */
  public static Check objects(Optional<ObjectStoreConfig> settings) {
    return settings
        .<Check>map(
            found ->
                new ObjectStoreCheck(
                    found.endpoint().toString(),
                    () -> MinioBlobStore.of(found),
                    new HttpClock(found.endpoint()),
                    InstantSource.system()))
        .orElseGet(
            () ->
                new Fixed(
                    "Object store",
                    List.of(
                        new Note(
                            "[objects] has no endpoint: large payloads are refused",
                            "Set [objects] endpoint where prompts or answers may be large."))));
  }

  private static Map<String, Supplier<String>> libraries(StandaloneLayout place) {
    Map<String, Supplier<String>> libraries = new LinkedHashMap<>();
    if (!place.simulated()) {
      libraries.put("libtorch", NativeLibraries::libtorch);
      libraries.put("tokenizers", NativeLibraries::tokenizers);
    }
    return libraries;
  }

  /** Bytes of a model's weights in memory; those of a GGUF file may be smaller on disk. */
  private static long weights(Path model) {
    if (Files.isRegularFile(model)) {
      return weightsOfFile(model);
    }
    try (Stream<Path> files = Files.list(model)) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  /** Two bytes for each number, as on most machines. */
  private static long weightsOfFile(Path model) {
    try {
      return 2 * new GgufModel(model).size();
    } catch (InvalidModelException e) {
      return 0;
    }
  }

  /** Findings that need no look. */
  private record Fixed(String name, List<Advice> findings) implements Check {}
}
