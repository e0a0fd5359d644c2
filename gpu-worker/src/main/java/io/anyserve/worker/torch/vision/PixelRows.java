package io.anyserve.worker.torch.vision;

/** An image that gives its pixels row by row. */
interface PixelRows {

  int width();

  int height();

  /**
   * Writes a row.
   *
   * @param pixels red, green and blue of each pixel, one byte each
   */
  void read(int row, byte[] pixels);
}
