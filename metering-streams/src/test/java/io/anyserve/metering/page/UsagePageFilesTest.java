package io.anyserve.metering.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files of the page as they are served, without a browser. */
final class UsagePageFilesTest {

  private static final Pattern IMPORT_MAP =
      Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);
  private static final Pattern LOCAL_IMPORT = Pattern.compile("from '(\\./[^']+)'");
  private static final Pattern LINK = Pattern.compile("(?:src|href)=\"/usage/([^\"]+)\"");
  private static final Pattern MAPPED = Pattern.compile("\"/usage/([^\"]+)\"");

  /** What would need a weaker policy, or would let text become markup. */
  private static final List<String> FORBIDDEN =
      List.of(
          "innerHTML",
          "outerHTML",
          "insertAdjacentHTML",
          "document.write",
          "eval(",
          "style=",
          "http://",
          "https://");

  private final Path folder = folder();

  private static Path folder() {
    try {
      var index = UsagePageFilesTest.class.getResource("/usage-page/index.html");
      return Objects.requireNonNull(Path.of(Objects.requireNonNull(index).toURI()).getParent());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void policyAllowsTheImportMapByItsHash() throws Exception {
    var map = IMPORT_MAP.matcher(text("index.html"));
    assertTrue(map.find(), "index.html has an import map");
    String hash =
        Base64.getEncoder().encodeToString(sha256(map.group(1).getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        "default-src 'none'; script-src 'self' 'sha256-"
            + hash
            + "'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
            + " frame-ancestors 'none'; form-action 'self'",
        text("content-security-policy").strip());
  }

  @Test
  void everythingNamedIsThere() throws IOException {
    LINK.matcher(text("index.html")).results().forEach(link -> assertFile(link.group(1)));
    MAPPED.matcher(text("index.html")).results().forEach(mapped -> assertFile(mapped.group(1)));
    for (Path module : own(".js")) {
      LOCAL_IMPORT
          .matcher(Files.readString(module))
          .results()
          .forEach(found -> assertFile(found.group(1)));
    }
  }

  @Test
  void ownFilesKeepToThePolicy() throws IOException {
    assertTrue(own(".js").size() > 10);
    for (Path file : Stream.concat(own(".js").stream(), own(".html").stream()).toList()) {
      String text = Files.readString(file);
      FORBIDDEN.forEach(word -> assertFalse(text.contains(word), () -> file + " contains " + word));
    }
  }

  @Test
  void vendoredFilesAreThePublishedOnes() throws Exception {
    String notice = text("vendor/NOTICE.txt");
    try (Stream<Path> files = Files.list(folder.resolve("vendor"))) {
      for (Path file : files.filter(file -> !file.endsWith("NOTICE.txt")).toList()) {
        String line =
            HexFormat.of().formatHex(sha256(Files.readAllBytes(file))) + "  " + file.getFileName();
        assertTrue(notice.contains(line), () -> "NOTICE.txt has no line: " + line);
      }
    }
  }

  private List<Path> own(String end) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(end)).toList();
    }
  }

  private void assertFile(String name) {
    assertTrue(Files.isRegularFile(folder.resolve(name)), () -> name + " is missing");
  }

  private String text(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}
