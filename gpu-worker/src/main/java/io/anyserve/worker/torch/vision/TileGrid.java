package io.anyserve.worker.torch.vision;

import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.image.ImageHeader;

/**
 * How an image of some size is cut: it is resized twice, first to the model's longest edge, then to
 * whole tiles. The arithmetic, with its rounding, is that of transformers' Idefics3 processor.
 *
 * @param width after the first resizing
 * @param height after the first resizing
 * @param rows of tiles; 0 where the image is one tile
 * @param columns of tiles; 0 where the image is one tile
 */
record TileGrid(int width, int height, int rows, int columns) {

  static TileGrid of(ContentPart.Image image, ImageConfig config) {
    ImageHeader header = image.header();
    return of(ExifReader.orientation(image.data(), header).upright(header), config);
  }

  /**
   * @param image upright
   */
  static TileGrid of(ImageHeader image, ImageConfig config) {
    int longest = config.longestEdge();
    double ratio = (double) image.width() / image.height();
    boolean wide = image.width() >= image.height();
    int width = wide ? longest : Math.max(1, even((int) (longest * ratio)));
    int height = wide ? Math.max(1, even((int) (longest / ratio))) : longest;
    return config.splits() ? cut(width, height, config.tile()) : new TileGrid(width, height, 0, 0);
  }

  private static TileGrid cut(int width, int height, int tile) {
    double ratio = (double) width / height;
    int columns;
    int rows;
    if (width >= height) {
      columns = tiles(width, tile);
      rows = tiles((int) (columns * tile / ratio), tile);
    } else {
      rows = tiles(height, tile);
      columns = tiles((int) (rows * tile * ratio), tile);
    }
    boolean one = rows <= 1 && columns <= 1;
    return new TileGrid(width, height, one ? 0 : rows, one ? 0 : columns);
  }

  private static int even(int size) {
    return size + size % 2;
  }

  private static int tiles(int size, int tile) {
    return Math.ceilDiv(size, tile);
  }

  /** With that of the whole image behind those that it is cut into. */
  int tiles() {
    return rows * columns + 1;
  }
}
