package io.anyserve.runtime.fuzz;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process holds and a server may leak.
 *
 * @param files that are open, connections among them
 * @param threads of the platform
 */
record HeldResources(long files, int threads, long virtualThreads) {

  /** What comes and goes without a server. */
  private static final int SLACK = 20;

  static HeldResources now() throws IOException {
    return new HeldResources(
        openFiles(), ManagementFactory.getThreadMXBean().getThreadCount(), virtualThreadsNow());
  }

  private static long openFiles() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? system.getOpenFileDescriptorCount()
        : 0;
  }

  /** Only a thread dump tells. */
  private static long virtualThreadsNow() throws IOException {
    Path directory = Files.createTempDirectory("threads");
    Path dump = directory.resolve("threads.txt");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
      try (Stream<String> lines = Files.lines(dump)) {
        return lines.filter(line -> line.matches("#\\d+ \".*\" virtual.*")).count();
      }
    } finally {
      Files.deleteIfExists(dump);
      Files.delete(directory);
    }
  }

  /** Whether this is no more than that and what comes and goes. */
  boolean isLike(HeldResources before) {
    return files <= before.files + SLACK
        && threads <= before.threads + SLACK
        && virtualThreads <= before.virtualThreads + SLACK;
  }
}
