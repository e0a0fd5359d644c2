package io.anyserve.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.contracts.topic.TopicSpec;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documentation against itself and against the topics. */
final class DocumentationTest {

  private static final String GLOSSARY = "docs/glossary.md";
  private static final Pattern TEST = Pattern.compile("\\b[A-Z]\\w*(?:Test|IT)\\b");
  private static final Set<String> NO_SOURCES = Set.of("target", ".git", ".anyserve", "main");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

  @Test
  void everyLinkLeadsToAFileAndAHeading() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (MarkdownPage page : MarkdownPage.all()) {
      for (String link : page.links()) {
        if (!ELSEWHERE.matcher(link).matches()) {
          links++;
          if (!page.leadsSomewhere(link)) {
            broken.add(page.name() + ": " + link);
          }
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(links > 50, "links: " + links + " (expected: more than 50)");
  }

  @Test
  void aLinkToNowhereIsFound() throws IOException {
    MarkdownPage usage = MarkdownPage.read("docs/usage.md");

    assertTrue(usage.leadsSomewhere("quotas.md#overshoot"));
    assertTrue(usage.leadsSomewhere("../README.md"));
    assertFalse(usage.leadsSomewhere("quotas.md#no-such-heading"));
    assertFalse(usage.leadsSomewhere("README.md"));
    assertThrows(IllegalArgumentException.class, () -> usage.section("No such heading"));
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Set<String> tests = sourcesOfTests();
    List<String> unknown = new ArrayList<>();
    for (MarkdownPage page : MarkdownPage.all()) {
      Stream.concat(page.codeLines().stream(), page.inlineCode().stream())
          .flatMap(code -> TEST.matcher(code).results().map(MatchResult::group))
          .filter(test -> !tests.contains(test + ".java"))
          .forEach(test -> unknown.add(page.name() + ": " + test));
    }
    assertEquals(List.of(), unknown);
    assertTrue(tests.contains("DocumentationTest.java"));
  }

  private static Set<String> sourcesOfTests() throws IOException {
    Set<String> names = new TreeSet<>();
    Files.walkFileTree(
        MarkdownPage.ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NO_SOURCES.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            names.add(file.getFileName().toString());
            return FileVisitResult.CONTINUE;
          }
        });
    return names;
  }

  @Test
  void theGlossaryIsInOrderAndHasNoTermTwice() throws IOException {
    List<String> cells = MarkdownPage.read(GLOSSARY).section("Terms").firstCells();
    List<String> terms = cells.subList(1, cells.size());
    List<String> misplaced = new ArrayList<>();
    for (int i = 1; i < terms.size(); i++) {
      if (terms.get(i - 1).compareToIgnoreCase(terms.get(i)) >= 0) {
        misplaced.add(terms.get(i) + " behind " + terms.get(i - 1));
      }
    }

    assertEquals(List.of(), misplaced);
    assertTrue(terms.size() > 30, "terms: " + terms.size() + " (expected: more than 30)");
  }

  @Test
  void theGlossaryHasEveryTopic() throws IOException {
    TopicCatalogue catalogue = new TopicCatalogue(new TopicNames(""), TopicPartitioning.STANDALONE);
    Set<String> topics =
        Stream.concat(catalogue.fixed().stream(), catalogue.of(new Capability("x")).stream())
            .map(TopicSpec::name)
            .map(name -> name.replaceFirst("^requests\\.x", "requests.<capability>"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertEquals(topics, MarkdownPage.read(GLOSSARY).section("Topics").rows());
  }
}
