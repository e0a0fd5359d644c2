package io.anyserve.worker.torch.vision;

/**
 * Pixels in memory.
 *
 * @param pixels red, green and blue of each pixel, one byte each, row by row; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
record Bitmap(int width, int height, byte[] pixels) implements PixelRows {

  static final int CHANNELS = 3;

  @Override
  public void read(int row, byte[] target) {
    System.arraycopy(pixels, row * CHANNELS * width, target, 0, CHANNELS * width);
  }

  /** A square of it. */
  byte[] square(int left, int top, int size) {
    byte[] square = new byte[CHANNELS * size * size];
    for (int row = 0; row < size; row++) {
      int from = ((top + row) * width + left) * CHANNELS;
      System.arraycopy(pixels, from, square, row * size * CHANNELS, size * CHANNELS);
    }
    return square;
  }
}
