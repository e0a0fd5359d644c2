package io.anyserve.worker.simulated;

import java.util.List;

/**
 * Vectors of texts without a model: a function of the text's words, of length one, and the nearer
 * to each other the more words two texts share.
 */
record WordVectors(int dimensions) {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** Of a text with these words; the sum of theirs, whatever their order. */
  float[] of(List<String> words) {
    double[] sum = new double[dimensions];
    words.forEach(word -> add(word, sum));
    return unit(words.isEmpty() ? added("", sum) : sum);
  }

  private double[] added(String word, double[] sum) {
    add(word, sum);
    return sum;
  }

  private static void add(String word, double[] sum) {
    long seed = SimulatedText.mix(word.hashCode() + GOLDEN * word.length());
    for (int i = 0; i < sum.length; i++) {
      sum[i] += SimulatedText.mix(seed + GOLDEN * (i + 1)) * 0x1.0p-63;
    }
  }

  private static float[] unit(double[] sum) {
    double square = 0;
    for (double number : sum) {
      square += number * number;
    }
    double length = Math.sqrt(square);
    float[] vector = new float[sum.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (sum[i] / length);
    }
    return vector;
  }
}
