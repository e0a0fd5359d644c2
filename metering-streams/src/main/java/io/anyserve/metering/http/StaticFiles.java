package io.anyserve.metering.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The files of the usage page, out of the class path. Nothing else of it can be named. */
final class StaticFiles {

  private static final String FOLDER = "/usage-page/";
  private static final String INDEX = "index.html";
  private static final int LONGEST = 200;

  /** Names that begin with a dot, and so those that lead upwards, do not match. */
  private static final Pattern PATH =
      Pattern.compile("(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*");

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("json", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("woff2", "font/woff2"));

  private static final String POLICY = "content-security-policy";
  private static final String STRICT =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
          + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private final ConcurrentMap<String, File> files = new ConcurrentHashMap<>();

  /**
   * What a browser gets.
   *
   * @param tag changes with the content
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares files; they are sent as they are.
  record File(byte[] content, String type, String tag) {}

  /** What browsers may do for the page, as it says itself beside its files. */
  static String policy() {
    byte @Nullable [] text = content(POLICY);
    return text == null ? STRICT : new String(text, StandardCharsets.UTF_8).strip();
  }

  /**
   * @param path below the page; empty for the page itself
   */
  Optional<File> file(String path) {
    String wanted = path.isEmpty() ? INDEX : path;
    if (wanted.length() > LONGEST || !PATH.matcher(wanted).matches()) {
      return Optional.empty();
    }
    return Optional.ofNullable(files.computeIfAbsent(wanted, StaticFiles::read));
  }

  private static @Nullable File read(String path) {
    @Nullable String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    byte @Nullable [] content = type == null ? null : content(path);
    return type == null || content == null
        ? null
        : new File(content, type, '"' + hash(content) + '"');
  }

  private static byte @Nullable [] content(String path) {
    try (InputStream in = StaticFiles.class.getResourceAsStream(FOLDER + path)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
