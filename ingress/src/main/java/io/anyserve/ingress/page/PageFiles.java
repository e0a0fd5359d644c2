package io.anyserve.ingress.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The files of the pages, out of the class path; nothing else of it can be named. */
final class PageFiles {

  static final String INDEX = "index.html";
  static final String REFERENCE = "docs.html";

  private static final int TAG_BYTES = 16;

  /** One folder deep, so no name leads out of it. */
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,60}\\.[a-z0-9]{2,5}");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "txt", "text/plain; charset=utf-8",
          "woff2", "font/woff2");

  private final Map<String, File> files = new ConcurrentHashMap<>();

  /**
   * What a browser gets.
   *
   * @param tag changes with the content
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares files; they are sent as they are.
  record File(byte[] content, String type, String tag) {}

  Optional<File> find(String name) {
    return NAME.matcher(name).matches()
        ? Optional.ofNullable(files.computeIfAbsent(name, PageFiles::read))
        : Optional.empty();
  }

  private static @Nullable File read(String name) {
    @Nullable String type = TYPES.get(name.substring(name.indexOf('.') + 1));
    try (InputStream in = PageFiles.class.getResourceAsStream(name)) {
      if (type == null || in == null) {
        return null;
      }
      byte[] content = in.readAllBytes();
      return new File(content, type, '"' + hash(content) + '"');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, TAG_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
