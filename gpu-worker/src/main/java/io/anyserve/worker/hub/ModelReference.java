package io.anyserve.worker.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model of a hub, as people write it: {@code ORG/NAME[@REVISION][:FILE]}.
 *
 * @param revision a branch, a tag or a commit
 * @param file one of its files, where that alone is the model
 */
public record ModelReference(
    String organisation, String name, String revision, Optional<String> file) {

  private static final String NEWEST = "main";
  private static final String EXPECTED = "ORG/NAME[@REVISION][:FILE]";
  private static final Pattern FORM =
      Pattern.compile(
          "([A-Za-z0-9][\\w.-]{0,95})/([A-Za-z0-9][\\w.-]{0,95})"
              + "(?:@([A-Za-z0-9][\\w./-]{0,199}))?(?::([^:]{1,500}))?");

  public ModelReference {
    require(!revision.contains("..") && !revision.endsWith("/"), "revision", revision, "a name");
    file.ifPresent(path -> RepositoryFile.checkPath(path));
  }

  /**
   * What the text names.
   *
   * @throws IllegalArgumentException when it has another form
   */
  public static ModelReference parse(String text) {
    Matcher parts = FORM.matcher(text);
    require(parts.matches(), "model", text, EXPECTED);
    return new ModelReference(
        parts.group(1),
        parts.group(2),
        Optional.ofNullable(parts.group(3)).orElse(NEWEST),
        Optional.ofNullable(parts.group(4)));
  }

  /** Whether a text could name a model of a hub. */
  static boolean isReference(String text) {
    return FORM.matcher(text).matches() && !text.contains("..");
  }

  /** {@code ORG/NAME}. */
  public String repository() {
    return organisation + "/" + name;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return repository()
        + (revision.equals(NEWEST) ? "" : "@" + revision)
        + file.map(path -> ":" + path).orElse("");
  }

  private static void require(boolean holds, String what, String value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: " + expected + ")");
    }
  }
}
