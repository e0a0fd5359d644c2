package io.anyserve.standalone.cli;

import java.nio.file.Path;

/** Where the program was started from: the launcher says so. */
final class InstallPaths {

  private static final String PROPERTY = "anyserve.home";

  private InstallPaths() {}

  static Path data() {
    return directory().resolve(".anyserve/data");
  }

  static Path model() {
    return directory().resolve("gpu-worker/models/story");
  }

  /** What the launcher recorded of a start, if it did. */
  static Path aotCache() {
    return directory().resolve("deploy/standalone/target/services.aot");
  }

  /** Tells another process of this program. */
  static String option() {
    return "-D" + PROPERTY + "=" + directory();
  }

  static Path directory() {
    return Path.of(System.getProperty(PROPERTY, "."));
  }
}
