package io.anyserve.cli.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The sources of the program, where it was started beside them. */
final class Sources {

  private Sources() {}

  /** What builds them: the wrapper script decides which Maven that is. */
  static JavaCheck.Maven maven(Path home) {
    Path wrapper = home.resolve("mvnw");
    if (!Files.isExecutable(wrapper) || !Files.exists(home.resolve("pom.xml"))) {
      return new JavaCheck.Maven(false, Optional.empty());
    }
    Optional<String> said = ProgramOutput.of(List.of(wrapper.toAbsolutePath().toString(), "-v"));
    return new JavaCheck.Maven(
        true,
        said.flatMap(
            text ->
                text.lines()
                    .filter(line -> line.contains("Apache Maven"))
                    .findFirst()
                    .map(Sources::plain)));
  }

  /** Maven colours its name even where nobody sees it. */
  private static String plain(String line) {
    return line.replaceAll("\u001b\\[[0-9;]*m", "").replaceAll(" \\(.*", "");
  }
}
