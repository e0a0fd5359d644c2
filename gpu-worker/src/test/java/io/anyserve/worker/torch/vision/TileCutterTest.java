package io.anyserve.worker.torch.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.image.ImageFormat;
import io.anyserve.contracts.image.ImageHeader;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tiles against those of transformers' processor on Pillow. */
final class TileCutterTest {

  /** Decoders of JPEG may round otherwise: steps of 256. */
  private static final double JPEG_MEAN = 0.5;

  private static final ImageConfig CONFIG = new VisionFolder(VisionReference.MODEL).images();

  static List<VisionReference.Cut> cuts() {
    return VisionReference.read().cuts();
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void tilesAreThoseOfTheReference(VisionReference.Cut cut) {
    ContentPart.Image image = VisionReference.image(cut.name());
    TileGrid grid = TileGrid.of(image, CONFIG);
    assertEquals(cut.rows(), grid.rows());
    assertEquals(cut.columns(), grid.columns());

    byte[] found = joined(new TileCutter(CONFIG).cut(image));
    if (image.header().format() == ImageFormat.PNG) {
      assertArrayEquals(cut.tiles(), found);
    } else {
      assertEquals(cut.tiles().length, found.length);
      double off = distance(cut.tiles(), found);
      assertTrue(off < JPEG_MEAN, cut.name() + ": " + off);
    }
  }

  /** As transformers' processor with SmolVLM's sizes has it. */
  @ParameterizedTest
  @CsvSource({
    "640, 480, 3, 4",
    "480, 640, 4, 3",
    "512, 512, 4, 4",
    "1, 1, 4, 4",
    "65535, 1, 1, 4",
    "1, 65535, 4, 1",
    "3000, 700, 1, 4",
    "1999, 1001, 3, 4"
  })
  void anImageIsCutAsItsSizeDemands(int width, int height, int rows, int columns) {
    var config = new ImageConfig(2048, 512, true, CONFIG.colours());
    TileGrid grid = TileGrid.of(new ImageHeader(ImageFormat.PNG, width, height), config);
    assertEquals(rows, grid.rows());
    assertEquals(columns, grid.columns());
  }

  private static byte[] joined(List<byte[]> tiles) {
    byte[] all = new byte[tiles.stream().mapToInt(tile -> tile.length).sum()];
    int at = 0;
    for (byte[] tile : tiles) {
      System.arraycopy(tile, 0, all, at, tile.length);
      at += tile.length;
    }
    return all;
  }

  private static double distance(byte[] one, byte[] other) {
    long sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs((one[i] & 0xff) - (other[i] & 0xff));
    }
    return (double) sum / one.length;
  }
}
