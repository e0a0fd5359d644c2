package io.anyserve.worker.torch;

import io.anyserve.contracts.sampling.SamplingParams;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What temperature, top-k and top-p make of logits, written down plainly as a reference. */
final class Distribution {

  private Distribution() {}

  /** The probability of each token. */
  static double[] of(float[] logits, SamplingParams sampling) {
    int[] order =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -logits[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    if (sampling.topK() > 0) {
      order = Arrays.copyOf(order, Math.min(sampling.topK(), order.length));
    }
    int[] kept = order;
    double[] weights =
        Arrays.stream(kept)
            .mapToDouble(i -> Math.exp((logits[i] - logits[kept[0]]) / sampling.temperature()))
            .toArray();
    double mass = DoubleStream.of(weights).sum();
    double[] probabilities = new double[logits.length];
    double before = 0;
    double sum = 0;
    for (int i = 0; i < kept.length && before / mass < sampling.topP(); i++) {
      probabilities[kept[i]] = weights[i];
      before += weights[i];
      sum += weights[i];
    }
    double total = sum;
    return Arrays.stream(probabilities).map(weight -> weight / total).toArray();
  }
}
