package io.anyserve.cli.options;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the program was started from: the launcher says so. */
public final class InstallPaths {

  private static final String PROPERTY = "anyserve.home";

  private InstallPaths() {}

  public static Path data() {
    return directory().resolve(".anyserve/data");
  }

  /** The shipped model: of a distribution, else of a checkout. */
  public static Path model() {
    Path installed = directory().resolve("models/story");
    return Files.isDirectory(installed)
        ? installed
        : directory().resolve("gpu-worker/models/story");
  }

  /** What the launcher recorded of a start, if it did. */
  public static Path aotCache() {
    return directory().resolve("deploy/cli/target/services.aot");
  }

  /** Tells another process of this program. */
  public static String option() {
    return "-D" + PROPERTY + "=" + directory();
  }

  public static Path directory() {
    return Path.of(System.getProperty(PROPERTY, "."));
  }
}
