package io.anyserve.worker.torch.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.worker.torch.libtorch.LibTorch;
import io.anyserve.worker.torch.precision.MachinePrecisions;
import io.anyserve.worker.torch.precision.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The features of a small tower against those that transformers computes. */
final class VisionTowerIT {

  private static final VisionFolder FOLDER = new VisionFolder(VisionReference.MODEL);

  static List<Precision> precisions() {
    return MachinePrecisions.right();
  }

  /** The bounds are in standard deviations of the reference's features. */
  @ParameterizedTest
  @MethodSource("precisions")
  void featuresAreThoseOfTransformers(Precision precision) {
    VisionReference reference = VisionReference.read();
    PtNDManager manager = LibTorch.claimThread(2);
    try (manager;
        VisionModel model = VisionModel.load(FOLDER, precision, manager)) {
      List<byte[]> tiles = new TileCutter(FOLDER.images()).cut(VisionReference.image("wide.png"));
      float[] pixels = joined(tiles.stream().map(model.tower()::pixels).toList());
      assertArrayEquals(reference.widePixels(), pixels, 1e-6f);

      float[] features = joined(tiles.stream().map(model.tower()::vectors).toList());
      double off = worst(reference.wideFeatures(), features);
      System.out.printf("tower in %s: %s%n", precision.text(), off);
      assertTrue(off < bound(precision), precision + ": " + off);
    }
  }

  private static double bound(Precision precision) {
    return switch (precision) {
      case F32, F32_PACKED -> 1e-4;
      case FP16_PACKED -> 0.02;
      case BF16, BF16_PACKED, INT8 -> 0.2;
    };
  }

  private static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static double worst(float[] reference, float[] found) {
    assertEquals(reference.length, found.length);
    double[] values = IntStream.range(0, reference.length).mapToDouble(i -> reference[i]).toArray();
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(value -> (value - mean) * (value - mean)).average().orElseThrow();
    return IntStream.range(0, values.length)
            .mapToDouble(i -> Math.abs(values[i] - found[i]))
            .max()
            .orElseThrow()
        / Math.sqrt(variance);
  }
}
