package io.anyserve.worker.torch.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How far vectors are apart. */
final class VectorDistance {

  private VectorDistance() {}

  static double cosine(float[] one, float[] other) {
    return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
  }

  static double length(float[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  /** The largest difference of two numbers at one place. */
  static double largestError(float[] one, float[] other) {
    assertEquals(one.length, other.length);
    double largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs((double) one[i] - other[i]));
    }
    return largest;
  }

  static void assertNear(float[] expected, float[] actual, double error, String what) {
    double found = largestError(expected, actual);
    assertTrue(found <= error, () -> what + ": error " + found + " (expected: at most " + error);
    double cosine = cosine(expected, actual);
    assertTrue(cosine >= 0.9999, () -> what + ": cosine " + cosine);
  }

  private static double dot(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (double) one[i] * other[i];
    }
    return sum;
  }
}
