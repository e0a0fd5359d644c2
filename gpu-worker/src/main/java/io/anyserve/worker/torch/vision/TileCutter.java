package io.anyserve.worker.torch.vision;

import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.image.ImageHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Makes tiles of images. Blocks while another image is decoded, so that no more than one is in
 * memory as a whole. Thread-safe.
 */
final class TileCutter {

  private final ImageConfig config;
  private final Semaphore turns = new Semaphore(1);

  TileCutter(ImageConfig config) {
    this.config = config;
  }

  /**
   * The tiles of an image, row by row, and behind them the one of the whole image. Each has red,
   * green and blue of each pixel, one byte each.
   *
   * @throws io.anyserve.contracts.FailureException where the image is damaged
   */
  List<byte[]> cut(ContentPart.Image image) {
    turns.acquireUninterruptibly();
    try {
      ImageHeader header = image.header();
      TileGrid grid = TileGrid.of(image, config);
      Orientation orientation = ExifReader.orientation(image.data(), header);
      return tiles(
          grid,
          LanczosResampler.resize(
              orientation.upright(ImageDecoder.decode(image.data(), header)),
              grid.width(),
              grid.height()));
    } finally {
      turns.release();
    }
  }

  private List<byte[]> tiles(TileGrid grid, Bitmap resized) {
    int tile = config.tile();
    List<byte[]> tiles = new ArrayList<>();
    Bitmap whole = resized;
    if (grid.rows() > 0) {
      whole = LanczosResampler.resize(resized, grid.columns() * tile, grid.rows() * tile);
      for (int row = 0; row < grid.rows(); row++) {
        for (int column = 0; column < grid.columns(); column++) {
          tiles.add(whole.square(column * tile, row * tile, tile));
        }
      }
    }
    tiles.add(LanczosResampler.resize(whole, tile, tile).pixels());
    return tiles;
  }
}
