package io.anyserve.contracts.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How an image is encoded. */
public enum ImageFormat {
  PNG("image/png"),
  JPEG("image/jpeg");

  private final String mediaType;

  ImageFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  public String mediaType() {
    return mediaType;
  }

  /** The format of that media type, in any case; {@code image/jpg} is JPEG. */
  public static Optional<ImageFormat> of(String mediaType) {
    String lower = mediaType.toLowerCase(Locale.ROOT);
    return lower.equals("image/jpg")
        ? Optional.of(JPEG)
        : Arrays.stream(values()).filter(format -> format.mediaType.equals(lower)).findFirst();
  }

  /** For messages. */
  public static List<String> mediaTypes() {
    return Arrays.stream(values()).map(ImageFormat::mediaType).toList();
  }
}
