package io.anyserve.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The workflows of GitHub Actions. */
final class WorkflowsTest {

  private static final Path ROOT = Path.of("../..");
  private static final Pattern ACTION = Pattern.compile("uses: (?!\\./)(.*)");
  private static final Pattern PINNED =
      Pattern.compile("[\\w/-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");

  static List<Arguments> workflows() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(".github/workflows"))) {
      return files
          .sorted()
          .<Arguments>map(file -> argumentSet(file.getFileName().toString(), file))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void actionsArePinnedToACommit(Path workflow) throws IOException {
    List<String> others =
        found(ACTION, workflow).map(action -> action.group(1)).filter(use -> !pinned(use)).toList();
    assertEquals(List.of(), others);
  }

  private static boolean pinned(String use) {
    return PINNED.matcher(use).matches();
  }

  @Test
  void aTagIsNoPin() {
    assertTrue(pinned("actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0"));
    assertTrue(!pinned("actions/checkout@v5"));
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void jobsBeginWithoutPermissions(Path workflow) throws IOException {
    String text = Files.readString(workflow);
    assertTrue(text.contains("\npermissions: {}\n"), "permissions: {} at the top");
    assertEquals(
        found(Pattern.compile("\n  [a-z]+:\n    (?=name|needs|runs-on|permissions)"), workflow)
            .count(),
        found(Pattern.compile("\n    permissions:\n"), workflow).count(),
        "permissions of each job");
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void checkoutsKeepNoCredentials(Path workflow) throws IOException {
    assertEquals(
        found(Pattern.compile("uses: actions/checkout@"), workflow).count(),
        found(Pattern.compile("persist-credentials: false"), workflow).count());
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void expressionsOfCallersAreNoShell(Path workflow) throws IOException {
    // What a caller enters reaches a script as a variable, never as a part of it.
    String scripts =
        found(Pattern.compile("(?m)^( +)(?:- )?run: \\|\n((?:\\1 .*\n|\n)+)"), workflow)
            .map(script -> script.group(2))
            .reduce("", String::concat);
    assertTrue(!scripts.contains("${{"), scripts);
  }

  private static Stream<MatchResult> found(Pattern pattern, Path workflow) throws IOException {
    return pattern.matcher(Files.readString(workflow, UTF_8)).results();
  }
}
