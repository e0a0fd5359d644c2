package io.anyserve.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory a new process may take.
 *
 * @param usable bytes; empty where the system does not say
 * @param limited whether a control group and not the machine sets the bound
 */
record MemorySize(OptionalLong usable, boolean limited) {

  private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB");
  private static final Pattern CACHED = Pattern.compile("(?m)^inactive_file (\\d+)$");
  private static final Pattern GROUP = Pattern.compile("(?m)^0::(/.*)$");

  /**
   * Of Linux, from what {@code /proc} and {@code /sys/fs/cgroup} (version 2) say.
   *
   * @param root of the file system
   */
  static MemorySize of(Path root) {
    OptionalLong available = available(root.resolve("proc/meminfo"));
    OptionalLong left = leftInGroup(root);
    boolean limited =
        left.isPresent() && (available.isEmpty() || left.getAsLong() < available.getAsLong());
    return new MemorySize(limited ? left : available, limited);
  }

  private static OptionalLong available(Path file) {
    Matcher matcher = AVAILABLE.matcher(content(file));
    return matcher.find()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)) << 10)
        : OptionalLong.empty();
  }

  /** The least that any group above this process has left. */
  private static OptionalLong leftInGroup(Path root) {
    Matcher matcher = GROUP.matcher(content(root.resolve("proc/self/cgroup")));
    String group = matcher.find() ? matcher.group(1) : "/";
    Path top = root.resolve("sys/fs/cgroup");
    Path path = top;
    OptionalLong least = left(top);
    for (Path name : Path.of(group.substring(1))) {
      path = path.resolve(name);
      OptionalLong left = left(path);
      if (left.isPresent() && (least.isEmpty() || left.getAsLong() < least.getAsLong())) {
        least = left;
      }
    }
    return least;
  }

  /** Cached files count as used, but give way. */
  private static OptionalLong left(Path group) {
    String limit = content(group.resolve("memory.max")).strip();
    String used = content(group.resolve("memory.current")).strip();
    if (!isNumber(limit) || !isNumber(used)) {
      return OptionalLong.empty();
    }
    Matcher cached = CACHED.matcher(content(group.resolve("memory.stat")));
    long reclaimable = cached.find() ? Long.parseLong(cached.group(1)) : 0;
    return OptionalLong.of(Math.max(0, Long.parseLong(limit) - Long.parseLong(used) + reclaimable));
  }

  private static boolean isNumber(String text) {
    return text.matches("\\d{1,18}");
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
