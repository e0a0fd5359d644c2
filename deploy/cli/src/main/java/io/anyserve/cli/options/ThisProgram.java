package io.anyserve.cli.options;

import io.anyserve.chaos.cluster.LaunchCommand;
import io.anyserve.cli.AnyServe;
import java.nio.file.Path;
import java.util.List;

/** How to start this program once more. */
public final class ThisProgram {

  private ThisProgram() {}

  /** As it was started. */
  public static LaunchCommand command() {
    return new LaunchCommand(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        System.getProperty("java.class.path"),
        AnyServe.class.getName(),
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dai.djl.offline=true",
            InstallPaths.option()));
  }
}
