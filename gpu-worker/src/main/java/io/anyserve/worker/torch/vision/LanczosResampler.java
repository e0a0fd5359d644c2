package io.anyserve.worker.torch.vision;

/**
 * Resizes as Pillow does with LANCZOS, to the bit: first each row, then each column, with weights
 * of 22 binary places and a result that is rounded to a byte in between.
 */
final class LanczosResampler {

  private static final int LOBES = 3;
  private static final int PLACES = 22;
  private static final int HALF = 1 << (PLACES - 1);
  private static final int CHANNELS = Bitmap.CHANNELS;

  private LanczosResampler() {}

  static Bitmap resize(PixelRows image, int width, int height) {
    return heights(widths(image, width), height);
  }

  /**
   * Which pixels of a line one pixel of the result is made of.
   *
   * @param first the first one
   * @param weights of it and those behind it
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Taps(int first, int[] weights) {}

  private static Taps[] taps(int from, int to) {
    double scale = (double) from / to;
    double stretch = Math.max(1, scale);
    double support = LOBES * stretch;
    Taps[] all = new Taps[to];
    for (int i = 0; i < to; i++) {
      double center = (i + 0.5) * scale;
      int first = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(from, (int) (center + support + 0.5));
      all[i] = new Taps(first, weights(first, end - first, center, 1 / stretch));
    }
    return all;
  }

  private static int[] weights(int first, int count, double center, double step) {
    double[] exact = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      exact[i] = lanczos((i + first - center + 0.5) * step);
      sum += exact[i];
    }
    int[] weights = new int[count];
    for (int i = 0; i < count; i++) {
      double scaled = (sum == 0 ? exact[i] : exact[i] / sum) * (1 << PLACES);
      weights[i] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    return weights;
  }

  private static double lanczos(double x) {
    return x >= -LOBES && x < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
  }

  private static double sinc(double x) {
    double angle = x * Math.PI;
    return x == 0 ? 1 : Math.sin(angle) / angle;
  }

  private static Bitmap widths(PixelRows image, int width) {
    byte[] result = new byte[Math.multiplyExact(CHANNELS * width, image.height())];
    byte[] line = new byte[CHANNELS * image.width()];
    boolean same = width == image.width();
    Taps[] taps = same ? new Taps[0] : taps(image.width(), width);
    for (int row = 0; row < image.height(); row++) {
      image.read(row, line);
      int start = row * CHANNELS * width;
      if (same) {
        System.arraycopy(line, 0, result, start, line.length);
      } else {
        narrow(line, taps, result, start);
      }
    }
    return new Bitmap(width, image.height(), result);
  }

  private static void narrow(byte[] line, Taps[] taps, byte[] result, int start) {
    for (int i = 0; i < taps.length; i++) {
      int[] weights = taps[i].weights;
      for (int channel = 0; channel < CHANNELS; channel++) {
        int at = taps[i].first * CHANNELS + channel;
        int sum = HALF;
        for (int weight : weights) {
          sum += (line[at] & 0xff) * weight;
          at += CHANNELS;
        }
        result[start + i * CHANNELS + channel] = rounded(sum);
      }
    }
  }

  private static Bitmap heights(Bitmap image, int height) {
    if (height == image.height()) {
      return image;
    }
    int line = CHANNELS * image.width();
    byte[] result = new byte[Math.multiplyExact(line, height)];
    Taps[] taps = taps(image.height(), height);
    for (int row = 0; row < height; row++) {
      int[] weights = taps[row].weights;
      for (int i = 0; i < line; i++) {
        int at = taps[row].first * line + i;
        int sum = HALF;
        for (int weight : weights) {
          sum += (image.pixels()[at] & 0xff) * weight;
          at += line;
        }
        result[row * line + i] = rounded(sum);
      }
    }
    return new Bitmap(image.width(), height, result);
  }

  private static byte rounded(int sum) {
    return (byte) Math.clamp(sum >> PLACES, 0, 255);
  }
}
