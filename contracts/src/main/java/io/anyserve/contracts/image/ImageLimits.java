package io.anyserve.contracts.image;

import io.anyserve.contracts.validation.Preconditions;

/** How many images a request may have, and how large they may be. */
public final class ImageLimits {

  /** Images of a request. */
  public static final int MOST_IMAGES = 16;

  /** Bytes of an image as it is encoded. */
  public static final int MOST_BYTES = 20_000_000;

  /** Pixels of an image: what it takes in memory does not depend on how well it is compressed. */
  public static final long MOST_PIXELS = 50_000_000;

  private ImageLimits() {}

  /** Throws IllegalArgumentException where a request has more images. */
  public static void requireCount(String name, long images) {
    Preconditions.that(
        images <= MOST_IMAGES, name, images + " images", "at most " + MOST_IMAGES + " images");
  }

  /** Throws IllegalArgumentException where an image has no bytes, or more. */
  public static void requireSize(String name, long bytes) {
    Preconditions.that(
        bytes >= 1 && bytes <= MOST_BYTES,
        name,
        bytes + " bytes",
        "an image of 1 to " + MOST_BYTES + " bytes");
  }

  /** Throws IllegalArgumentException where an image has more pixels. */
  public static void requirePixels(String name, ImageHeader header) {
    Preconditions.that(
        header.pixels() <= MOST_PIXELS,
        name,
        header.width() + " x " + header.height() + " pixels",
        "at most " + MOST_PIXELS + " pixels");
  }
}
