package io.anyserve.worker.torch.vision;

import io.anyserve.contracts.image.ImageHeader;
import java.util.Arrays;
import java.util.Optional;

/** How the rows of an image lie in its file. */
enum Orientation {
  UPRIGHT(1, false, false, false),
  MIRRORED(2, false, true, false),
  UPSIDE_DOWN(3, false, true, true),
  UPSIDE_DOWN_MIRRORED(4, false, false, true),
  TRANSPOSED(5, true, false, false),
  TURNED_LEFT(6, true, false, true),
  TRANSVERSE(7, true, true, true),
  TURNED_RIGHT(8, true, true, false);

  private final int exif;
  private final boolean swapped;
  private final boolean fromRight;
  private final boolean fromBottom;

  /**
   * @param exif the value that EXIF has for it
   * @param swapped what is a row upright is a column in the file
   * @param fromRight columns in the file begin at the right
   * @param fromBottom rows in the file begin at the bottom
   */
  Orientation(int exif, boolean swapped, boolean fromRight, boolean fromBottom) {
    this.exif = exif;
    this.swapped = swapped;
    this.fromRight = fromRight;
    this.fromBottom = fromBottom;
  }

  /** That of a value of EXIF. */
  static Optional<Orientation> of(int exif) {
    return Arrays.stream(values()).filter(orientation -> orientation.exif == exif).findFirst();
  }

  /** The size of the image when it is upright. */
  ImageHeader upright(ImageHeader header) {
    return swapped
        ? new ImageHeader(
            header.format(), /* width= */ header.height(), /* height= */ header.width())
        : header;
  }

  /** The upright image. */
  PixelRows upright(PixelRows image) {
    return this == UPRIGHT ? image : turned(image);
  }

  private Bitmap turned(PixelRows image) {
    int width = swapped ? image.height() : image.width();
    int height = swapped ? image.width() : image.height();
    byte[] pixels = new byte[Math.multiplyExact(Bitmap.CHANNELS * width, height)];
    byte[] line = new byte[Bitmap.CHANNELS * image.width()];
    for (int row = 0; row < image.height(); row++) {
      image.read(row, line);
      int y = fromBottom ? image.height() - 1 - row : row;
      for (int column = 0; column < image.width(); column++) {
        int x = fromRight ? image.width() - 1 - column : column;
        int at = swapped ? x * width + y : y * width + x;
        System.arraycopy(
            line, column * Bitmap.CHANNELS, pixels, at * Bitmap.CHANNELS, Bitmap.CHANNELS);
      }
    }
    return new Bitmap(width, height, pixels);
  }
}
