package io.anyserve.worker.torch.libtorch;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What native libraries are built for: an operating system, a processor and, on Linux, the GNU C
 * library.
 *
 * @param system linux, osx or another name in lower case
 * @param processor x86_64, aarch64 or another name in lower case
 * @param glibc its version; empty where the C library is another one, such as musl
 */
public record Platform(String system, String processor, Optional<String> glibc) {

  /** The oldest glibc that all libraries of the torch engine load on: tokenizers needs most. */
  public static final String OLDEST_GLIBC = "2.34";

  private static final List<String> SUPPORTED =
      List.of("linux-x86_64", "linux-aarch64", "osx-aarch64");
  private static final String LINUX = "linux";
  private static final long LONGEST_VERSION = 32;

  public static Platform ofThisMachine() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"), glibcOfThisProcess());
  }

  /** As the JVM names system and processor. */
  static Platform of(String name, String architecture, Optional<String> glibc) {
    String lower = name.toLowerCase(Locale.ROOT);
    String system = lower.startsWith("mac") ? "osx" : lower.split(" ", 2)[0];
    String processor =
        switch (architecture.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "x86_64";
          case "arm64", "aarch64" -> "aarch64";
          default -> architecture.toLowerCase(Locale.ROOT);
        };
    return new Platform(system, processor, glibc);
  }

  /** The name that the artifacts of natives carry; empty where there are none. */
  public Optional<String> classifier() {
    String name = system + "-" + processor;
    boolean usable = SUPPORTED.contains(name) && (glibc.isPresent() || !system.equals(LINUX));
    return usable ? Optional.of(name) : Optional.empty();
  }

  /** Whether its glibc is too old; false without one. */
  public boolean isOld() {
    return glibc.filter(version -> compare(version, OLDEST_GLIBC) < 0).isPresent();
  }

  /**
   * Why natives cannot be loaded here and what to do.
   *
   * @param onClassPath the classifier of the libtorch on the class path
   * @param failure what loading them said
   */
  String explain(Optional<String> onClassPath, String failure) {
    Optional<String> needed = classifier();
    if (needed.isEmpty()) {
      return "libtorch: no natives for %s (expected: one of %s, on Linux with glibc). Use --simulated, or run workers on one of these"
          .formatted(this, String.join(", ", SUPPORTED));
    }
    if (!onClassPath.equals(needed)) {
      return "libtorch: the class path has natives for %s (expected: %s). Build with mvn -P %s, or use --simulated"
          .formatted(onClassPath.orElse("no platform"), needed.get(), needed.get());
    }
    if (isOld()) {
      return "libtorch: %s (this machine: glibc %s, expected: %s or later). Use --simulated, or a newer Linux"
          .formatted(failure, glibc.orElseThrow(), OLDEST_GLIBC);
    }
    return "libtorch: " + failure + " (expected: natives for " + this + " that load)";
  }

  @Override
  public String toString() {
    String name = system + "-" + processor;
    if (!system.equals(LINUX)) {
      return name;
    }
    return name + glibc.map(version -> " with glibc " + version).orElse(" without glibc (musl?)");
  }

  /** Asked of the C library itself. */
  @SuppressWarnings("restricted") // the call has no arguments and returns a constant
  private static Optional<String> glibcOfThisProcess() {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("gnu_get_libc_version")
        .map(function -> version(linker, function));
  }

  @SuppressWarnings("restricted")
  private static String version(Linker linker, MemorySegment function) {
    try {
      MemorySegment text =
          (MemorySegment)
              linker
                  .downcallHandle(function, FunctionDescriptor.of(ValueLayout.ADDRESS))
                  .invokeExact();
      return text.reinterpret(LONGEST_VERSION).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException("gnu_get_libc_version: " + e, e);
    }
  }

  private static int compare(String one, String other) {
    int[] left = numbers(one);
    int[] right = numbers(other);
    return java.util.Arrays.compare(left, right);
  }

  private static int[] numbers(String version) {
    return java.util.Arrays.stream(version.split("[^0-9]+"))
        .filter(part -> !part.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }
}
