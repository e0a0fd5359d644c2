package io.anyserve.chaos.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JVM's ahead-of-time cache (JEP 483, 515) of the whole program: services that are started
 * hundreds of times start in a fraction of the time.
 */
public final class AotCache {

  private static final int HEAP_MEGABYTES = 512;
  private static final int PORTS = 8;
  private static final Duration READY = Duration.ofMinutes(2);
  private static final Duration WRITTEN = Duration.ofMinutes(2);

  private AotCache() {}

  /**
   * The program with a cache that was recorded before; empty when there is none, or when anything
   * on the class path is newer.
   */
  public static Optional<LaunchCommand> recorded(LaunchCommand program, Path cache)
      throws IOException {
    if (!Files.exists(cache) || Files.size(cache) == 0) {
      return Optional.empty();
    }
    FileTime recorded = Files.getLastModifiedTime(cache);
    for (String entry : program.classPath().split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.exists(path) && Files.getLastModifiedTime(path).compareTo(recorded) > 0) {
        return Optional.empty();
      }
    }
    return Optional.of(program.with("-XX:AOTCache=" + cache));
  }

  /**
   * Runs every service once in one process and keeps what it loaded; returns the program that uses
   * it.
   *
   * @param folder for the cache and the data of that run
   */
  public static LaunchCommand record(LaunchCommand program, Path folder) throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Path cache = folder.resolve("services.aot");
    String port = Integer.toString(new FreePorts().row(PORTS));
    List<String> arguments =
        List.of("up", "--simulated", "--data", data.toString(), "--port", port);
    List<String> command =
        program.with("-XX:AOTCacheOutput=" + cache).command(HEAP_MEGABYTES, arguments);
    ServiceProcess once = new ServiceProcess("aot-cache", command, Map.of(), folder);
    once.start();
    try {
      once.awaitReady(READY);
    } finally {
      var _ = once.terminate(WRITTEN);
    }
    return Files.exists(cache) ? program.with("-XX:AOTCache=" + cache) : program;
  }
}
