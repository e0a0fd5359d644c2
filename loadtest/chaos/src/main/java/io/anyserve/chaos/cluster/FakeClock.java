package io.anyserve.chaos.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A wall clock that is wrong, for a process that is started with it: the library libfaketime. */
record FakeClock(Path library) {

  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"),
          Path.of("/usr/lib/faketime/libfaketime.so.1"),
          Path.of("/usr/lib64/faketime/libfaketime.so.1"));

  /** Empty where the library is not installed. */
  static Optional<FakeClock> installed() {
    return PLACES.stream().filter(Files::exists).findFirst().map(FakeClock::new);
  }

  /** Of a process whose clock is that much ahead. The monotonic clock stays right. */
  Map<String, String> environment(Duration ahead) {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME",
        "%+ds".formatted(ahead.toSeconds()),
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "DONT_FAKE_MONOTONIC",
        "1");
  }
}
