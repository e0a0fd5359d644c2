package io.anyserve.cli.load;

import io.anyserve.cli.options.InstallPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The scenarios that come with the program. */
final class ShippedScenarios {

  private static final String FOLDER = "loadtest/scenarios";
  private static final String ENDING = ".toml";

  private ShippedScenarios() {}

  /** A file, or the shipped scenario of that name. */
  static Path find(String scenario) throws IOException {
    Path file = Path.of(scenario);
    if (Files.isRegularFile(file)) {
      return file;
    }
    Path shipped = folder().resolve(scenario + ENDING);
    if (Files.isRegularFile(shipped)) {
      return shipped;
    }
    throw new NoSuchFileException(
        scenario
            + ": no such scenario (expected: a file, or one of "
            + all().stream().map(ShippedScenarios::name).toList()
            + ")");
  }

  /** None where the program was installed without them. */
  static List<Path> all() throws IOException {
    if (!Files.isDirectory(folder())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder())) {
      return files.filter(file -> file.toString().endsWith(ENDING)).sorted().toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).replace(ENDING, "");
  }

  private static Path folder() {
    return InstallPaths.directory().resolve(FOLDER);
  }
}
