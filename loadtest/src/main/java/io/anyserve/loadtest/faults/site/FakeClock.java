package io.anyserve.loadtest.faults.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The wall clock of some processes, which can be set while they run: the library libfaketime reads
 * the offset from a file.
 *
 * @param offset the file
 */
record FakeClock(Path library, Path offset) {

  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib64/faketime/libfaketimeMT.so.1"));

  /** Right at first; empty where the library is not installed. */
  static Optional<FakeClock> in(Path folder) throws IOException {
    Optional<Path> library = PLACES.stream().filter(Files::exists).findFirst();
    if (library.isEmpty()) {
      return Optional.empty();
    }
    FakeClock clock = new FakeClock(library.get(), folder.resolve("clock"));
    clock.set(Duration.ZERO);
    return Optional.of(clock);
  }

  /** Of the processes that live by it. Timers go by the monotonic clock, which stays right. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME_TIMESTAMP_FILE",
        offset.toString(),
        "FAKETIME_CACHE_DURATION",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "DONT_FAKE_MONOTONIC",
        "1");
  }

  /** The processes see it within about a second. */
  void set(Duration ahead) throws IOException {
    Path written = offset.resolveSibling("clock.new");
    Files.writeString(written, "%+d\n".formatted(ahead.toSeconds()));
    Files.move(
        written, offset, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
