package io.anyserve.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A page of the documentation, or a section of one.
 *
 * @param name relative to the repository
 */
public record MarkdownPage(String name, List<Block> blocks) {

  static final Path ROOT = Path.of("..", "..");
  private static final List<String> OF_ROOT =
      List.of("README.md", "CONTRIBUTING.md", "SECURITY.md", "RATIONALE.md", "THIRD-PARTY.md");
  private static final String FENCE = "```";
  private static final String INDENT = "    ";
  private static final Pattern HEADING = Pattern.compile("(?m)^(#+) +(.*)$");
  private static final Pattern INLINE_CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)|src=\"([^\"]+)\"");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| *`([^`]+)` *\\|");

  /**
   * Neighbouring lines of one kind.
   *
   * @param code fenced or indented; indented lines are without their indent
   */
  public record Block(boolean code, List<String> lines) {

    String text() {
      return String.join("\n", lines);
    }

    public boolean isBlank() {
      return text().isBlank();
    }
  }

  /** Reads a page of this repository. */
  public static MarkdownPage read(String name) throws IOException {
    List<Block> blocks = new ArrayList<>();
    boolean fenced = false;
    boolean afterBlank = true;
    for (String line : Files.readAllLines(ROOT.resolve(name))) {
      if (line.strip().startsWith(FENCE)) {
        fenced = !fenced;
        blocks.add(new Block(fenced, new ArrayList<>()));
      } else {
        boolean indented = line.startsWith(INDENT) && (afterBlank || blocks.getLast().code());
        boolean code = fenced || indented;
        if (blocks.isEmpty() || blocks.getLast().code() != code) {
          blocks.add(new Block(code, new ArrayList<>()));
        }
        blocks.getLast().lines().add(indented && !fenced ? line.substring(INDENT.length()) : line);
      }
      afterBlank = line.isBlank();
    }
    return new MarkdownPage(name, blocks);
  }

  /** Every page that people are sent to. */
  public static List<MarkdownPage> all() throws IOException {
    List<String> names = new ArrayList<>(OF_ROOT);
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      files
          .map(file -> "docs/" + file.getFileName())
          .filter(name -> name.endsWith(".md"))
          .sorted()
          .forEach(names::add);
    }
    List<MarkdownPage> pages = new ArrayList<>();
    for (String name : names) {
      pages.add(read(name));
    }
    return pages;
  }

  /** Whether a relative link of this page names a file and, behind a {@code #}, a heading of it. */
  boolean leadsSomewhere(String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? Path.of(name) : Path.of(name).resolveSibling(parts[0]);
    String page = target.normalize().toString();
    return Files.exists(ROOT.resolve(page))
        && (parts.length == 1 || read(page).anchors().contains(parts[1]));
  }

  /** What stands below a heading of the second level, up to the next one. */
  public MarkdownPage section(String heading) {
    String text = prose();
    if (HEADING.matcher(text).results().noneMatch(found -> found.group(2).equals(heading))) {
      throw new IllegalArgumentException(name + ": no heading \"" + heading + "\"");
    }
    List<Block> section = new ArrayList<>();
    boolean inside = false;
    for (Block block : blocks) {
      List<String> lines = new ArrayList<>();
      for (String line : block.lines()) {
        if (!block.code() && line.startsWith("## ")) {
          inside = line.equals("## " + heading);
        }
        if (inside) {
          lines.add(line);
        }
      }
      if (!lines.isEmpty()) {
        section.add(new Block(block.code(), lines));
      }
    }
    return new MarkdownPage(name, section);
  }

  /** Targets of links and images. */
  List<String> links() {
    return LINK.matcher(INLINE_CODE.matcher(prose()).replaceAll(""))
        .results()
        .map(link -> link.group(1) == null ? link.group(2) : link.group(1))
        .toList();
  }

  /** What a link may have behind the {@code #}, as GitHub makes it of the headings. */
  private Set<String> anchors() {
    return HEADING
        .matcher(prose())
        .results()
        .map(heading -> heading.group(2).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /** Code within sentences, each on one line. */
  public List<String> inlineCode() {
    return INLINE_CODE
        .matcher(prose())
        .results()
        .map(code -> code.group(1).replaceAll("\\s+", " "))
        .toList();
  }

  /** Lines of code blocks; a line that ends with a backslash has its continuation. */
  public List<String> codeLines() {
    return blocks.stream()
        .filter(Block::code)
        .flatMap(block -> block.text().replaceAll("\\\\\n *", "").lines())
        .toList();
  }

  /** The code that is the whole first cell of a row, of every table. */
  Set<String> rows() {
    return ROW.matcher(prose())
        .results()
        .map(row -> row.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** First cells of all rows, without marks of code. */
  List<String> firstCells() {
    Matcher row = Pattern.compile("(?m)^\\| *([^|]+?) *\\|").matcher(prose());
    return row.results()
        .map(MatchResult::group)
        .map(cell -> cell.replaceAll("[|`]", "").strip())
        .filter(cell -> !cell.matches("-+"))
        .toList();
  }

  private String prose() {
    return blocks.stream()
        .filter(block -> !block.code())
        .map(Block::text)
        .collect(Collectors.joining("\n\n"));
  }
}
