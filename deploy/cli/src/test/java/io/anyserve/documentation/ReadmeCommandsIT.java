package io.anyserve.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.chaos.cluster.FreePorts;
import io.anyserve.cli.AnyServe;
import io.anyserve.cli.Said;
import io.anyserve.cli.UpProcess;
import io.anyserve.documentation.MarkdownPage.Block;
import io.anyserve.standalone.RunningServices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The commands of the README's section "Try it", one after the other, with the shipped model. */
final class ReadmeCommandsIT {

  private static final String LAUNCHER = "./anyserve ";
  private static final int PORTS = 8;
  private static final Pattern VARIABLE = Pattern.compile("\\d+|\\.\\.\\.");

  @TempDir Path folder;

  /**
   * A command and what the README shows of its output.
   *
   * @param output empty when it shows nothing
   */
  private record Example(List<String> words, List<String> output) {

    String command() {
      return words.getFirst();
    }

    boolean hasOption(String option) {
      CommandSpec program = AnyServe.commandLine().getCommandSpec();
      return Optional.ofNullable(program.subcommands().get(command()))
          .map(CommandLine::getCommandSpec)
          .map(CommandSpec::optionsMap)
          .orElseThrow(() -> new IllegalArgumentException("no command " + command()))
          .containsKey(option);
    }
  }

  @Test
  void theySayWhatTheReadmeShows() throws Exception {
    List<Example> examples = examples();
    int port = new FreePorts().row(PORTS);

    assertEquals("up", examples.getFirst().command());
    try (UpProcess up = UpProcess.start(apart(examples.getFirst(), port), folder)) {
      assertForm(examples.getFirst().output(), up.printed());
      for (Example example : examples.subList(1, examples.size())) {
        check(example, run(example, port));
      }
    }
    assertTrue(examples.size() >= 3, examples.toString());
  }

  private static void check(Example example, Said said) {
    assertEquals(0, said.exitCode(), () -> example + ": " + said.err());
    if (example.command().equals("ask")) {
      // the answer is the model's: the README shows another one
      assertFalse(said.out().isBlank());
      assertForm(List.of(example.output().getLast()), said.err());
    } else if (!example.output().isEmpty()) {
      assertForm(example.output(), said.out());
    }
  }

  /** With a port and data of its own. */
  private List<String> apart(Example up, int port) {
    List<String> arguments = new ArrayList<>(up.words());
    arguments.addAll(List.of("--port", Integer.toString(port)));
    arguments.addAll(List.of("--data", folder.resolve(".anyserve/data").toString()));
    return arguments;
  }

  /** Again where a machine under load could not take the request for the moment. */
  private static Said run(Example example, int port) {
    List<String> arguments = new ArrayList<>(example.words());
    if (example.hasOption("--server")) {
      arguments.addAll(List.of("--server", "127.0.0.1:" + port));
    }
    return Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .until(
            () -> Said.by(arguments.toArray(String[]::new)),
            said -> !said.err().contains("UNAVAILABLE"));
  }

  /** An output stands in the block behind that of its command, with no sentence between. */
  private static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    boolean outputMayFollow = false;
    for (Block block : MarkdownPage.read("README.md").section("Try it").blocks()) {
      if (!block.code()) {
        outputMayFollow &= block.isBlank();
      } else if (block.lines().getFirst().startsWith(LAUNCHER)) {
        block.lines().stream().map(ReadmeCommandsIT::example).forEach(examples::add);
        outputMayFollow = true;
      } else if (outputMayFollow) {
        Example shown = examples.removeLast();
        examples.add(new Example(shown.words(), block.lines()));
        outputMayFollow = false;
      }
    }
    return examples;
  }

  private static Example example(String line) {
    return new Example(ShellWords.of(line.substring(LAUNCHER.length())), List.of());
  }

  /** The same words; any numbers, and anything where the README leaves something out. */
  private static void assertForm(List<String> shown, String output) {
    StringBuilder form = new StringBuilder();
    for (String line : shown) {
      Matcher variable = VARIABLE.matcher(line);
      int from = 0;
      while (variable.find()) {
        form.append(Pattern.quote(line.substring(from, variable.start())));
        form.append(variable.group().equals("...") ? ".*" : "\\d+");
        from = variable.end();
      }
      form.append(Pattern.quote(line.substring(from))).append("\\R");
    }
    assertTrue(
        Pattern.matches(form.toString(), output),
        () -> "said:\n" + output + "(expected: the form of)\n" + String.join("\n", shown));
  }
}
