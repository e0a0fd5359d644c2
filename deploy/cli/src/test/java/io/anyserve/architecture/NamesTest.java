package io.anyserve.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A package is small enough to be read, and a name means one class. */
final class NamesTest {

  private static final Path ROOT = Path.of("../..");
  private static final int MOST_FILES = 30;

  /** Words that name no mechanism, and leftovers of verbs. */
  private static final Pattern IMAGE =
      Pattern.compile(
          "(.*[a-z])?(Desk|Seat|Room|Gate|Door|Hand|Letter|Letters|LetterBox|Heard|Known|Held|Seen|Told"
              + "|Emitted|Metered|Weather|Garbage|Wish|Mistake|Mistakes|Lone)");

  @Test
  void noPackageHasMoreThanThirtyFiles() throws IOException {
    Map<Path, Long> large =
        sources().stream().collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
    large.values().removeIf(files -> files <= MOST_FILES);

    assertEquals(Map.of(), large);
  }

  @Test
  void noNameIsUsedTwice() throws IOException {
    Map<String, List<Path>> names =
        sources().stream()
            .collect(Collectors.groupingBy(NamesTest::name, TreeMap::new, Collectors.toList()));
    assertTrue(names.containsKey("NamesTest"), "no sources found in " + ROOT.toAbsolutePath());
    names.remove("package-info");
    names.values().removeIf(files -> files.size() == 1);

    assertEquals(Map.of(), names);
  }

  @Test
  void namesSayTheMechanism() throws IOException {
    List<String> images =
        sources().stream()
            .map(NamesTest::name)
            .filter(name -> IMAGE.matcher(name.replaceFirst("(IT|Test)$", "")).matches())
            .filter(name -> !name.startsWith("DeadLetter"))
            .toList();

    assertEquals(List.of(), images);
  }

  private static String name(Path source) {
    return source.getFileName().toString().replace(".java", "");
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.toString().contains("/src/"))
          .filter(file -> !file.toString().contains("/target/"))
          .toList();
    }
  }
}
