package io.anyserve.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.cli.AnyServe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Every {@code ./anyserve} command that the documentation names, against the command line. */
final class DocumentedCommandsTest {

  private static final Path SCRIPT = Path.of("../../anyserve");

  /** What the script does without the program, such as {@code format}. */
  private static final Pattern OF_SCRIPT =
      Pattern.compile("if \\[ \"\\$\\{1:-}\" = (\\w+) ]; then");

  /** A line that a reader copies to a shell. */
  private static final Pattern EXAMPLE =
      Pattern.compile("(?:\\w+=(?:\"[^\"]*\"|\\S+) +)*\\./anyserve (.*)");

  private static final Pattern MENTION = Pattern.compile(".*?\\./anyserve (.*)");

  private final CommandLine program = AnyServe.commandLine();

  @Test
  void examplesParse() throws IOException {
    List<String> mistakes = new ArrayList<>();
    int examples = 0;
    for (MarkdownPage page : MarkdownPage.all()) {
      for (String command : commands(EXAMPLE, page.codeLines().stream())) {
        examples++;
        mistake(command)
            .or(() -> refusal(command))
            .ifPresent(mistake -> mistakes.add(page.name() + ": " + command + ": " + mistake));
      }
    }
    assertEquals(List.of(), mistakes);
    assertTrue(examples > 30, "examples: " + examples + " (expected: more than 30)");
  }

  @Test
  void mentionedCommandsAndOptionsExist() throws IOException {
    List<String> mistakes = new ArrayList<>();
    int mentions = 0;
    for (MarkdownPage page : MarkdownPage.all()) {
      Stream<String> code = Stream.concat(page.inlineCode().stream(), page.codeLines().stream());
      for (String command : commands(MENTION, code)) {
        mentions++;
        mistake(command)
            .ifPresent(mistake -> mistakes.add(page.name() + ": " + command + ": " + mistake));
      }
    }
    assertEquals(List.of(), mistakes);
    assertTrue(mentions > 50, "mentions: " + mentions + " (expected: more than 50)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense                   | anyserve: no command nonsense
          usage --last               | usage: no option --last
          usage verify --top session | verify: no option --top
          quota raise --tenant acme  | quota: no command raise
          route                      | route: a command is missing
          """)
  void aCommandThatDoesNotExistIsFound(String command, String expected) {
    assertEquals(Optional.of(expected), mistake(command));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"fuzz --records many", "usage --lines --top session", "quota show", "doctor now"})
  void argumentsThatDoNotFitAreFound(String command) {
    assertTrue(refusal(command).isPresent());
  }

  private static List<String> commands(Pattern pattern, Stream<String> code) {
    return code.map(pattern::matcher).filter(Matcher::matches).map(line -> line.group(1)).toList();
  }

  /** An unknown command or option; placeholders may stand for values. */
  private Optional<String> mistake(String text) {
    List<String> words = ShellWords.of(text);
    if (isOfScript(words)) {
      return Optional.empty();
    }
    CommandSpec spec = program.getCommandSpec();
    List<String> rest = words;
    while (!rest.isEmpty() && spec.subcommands().containsKey(rest.getFirst())) {
      spec = Objects.requireNonNull(spec.subcommands().get(rest.getFirst())).getCommandSpec();
      rest = rest.subList(1, rest.size());
    }
    return mistake(spec, rest);
  }

  private static Optional<String> mistake(CommandSpec spec, List<String> rest) {
    return missingCommand(spec, rest)
        .or(() -> unknownOption(spec, rest))
        .map(mistake -> spec.name() + ": " + mistake);
  }

  private static boolean isOfScript(List<String> words) {
    try {
      return OF_SCRIPT
          .matcher(Files.readString(SCRIPT))
          .results()
          .anyMatch(found -> !words.isEmpty() && found.group(1).equals(words.getFirst()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> missingCommand(CommandSpec spec, List<String> rest) {
    if (!rest.isEmpty() && !rest.getFirst().startsWith("-")) {
      return spec.positionalParameters().isEmpty()
          ? Optional.of("no command " + rest.getFirst())
          : Optional.empty();
    }
    boolean runs = spec.userObject() instanceof Callable || spec.userObject() instanceof Method;
    return runs || rest.contains("--help") || rest.contains("--version")
        ? Optional.empty()
        : Optional.of("a command is missing");
  }

  private static Optional<String> unknownOption(CommandSpec spec, List<String> rest) {
    return rest.stream()
        .filter(word -> word.startsWith("--"))
        .map(word -> word.split("=", 2)[0])
        .filter(word -> !spec.optionsMap().containsKey(word))
        .map(word -> "no option " + word)
        .findFirst();
  }

  /** What the program says to arguments that it cannot read. */
  private Optional<String> refusal(String text) {
    List<String> words = ShellWords.of(text);
    try {
      if (!isOfScript(words)) {
        program.parseArgs(words.toArray(String[]::new));
      }
      return Optional.empty();
    } catch (ParameterException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }
}
