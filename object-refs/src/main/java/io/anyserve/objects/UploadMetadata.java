package io.anyserve.objects;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What is known of an object before its bytes come.
 *
 * @param size bytes; when given, the upload must have exactly as many
 * @param sha256 64 lower-case hexadecimal digits; when given, the upload must have this hash
 */
public record UploadMetadata(String contentType, OptionalLong size, Optional<String> sha256) {

  private static final Pattern MEDIA_TYPE = Pattern.compile("[\\x21-\\x7e]+/[\\x20-\\x7e]+");
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
  private static final int LONGEST_TYPE = 127;

  public UploadMetadata {
    require(
        contentType.length() <= LONGEST_TYPE && MEDIA_TYPE.matcher(contentType).matches(),
        "contentType",
        ObjectKeys.printable(contentType),
        "type/subtype, at most 127 characters");
    require(size.isEmpty() || size.getAsLong() >= 0, "size", size, ">= 0");
    require(
        sha256.isEmpty() || SHA_256.matcher(sha256.get()).matches(),
        "sha256",
        ObjectKeys.printable(sha256.orElse("")),
        "64 lower-case hexadecimal digits");
  }

  public static UploadMetadata of(String contentType) {
    return new UploadMetadata(contentType, OptionalLong.empty(), Optional.empty());
  }

  public static UploadMetadata of(String contentType, long size) {
    return new UploadMetadata(contentType, OptionalLong.of(size), Optional.empty());
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
