package io.anyserve.worker.torch;

import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.Truncation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What temperature and truncation make of logits, written down plainly as a reference. */
final class Distribution {

  private Distribution() {}

  /** The probability of each token. */
  static double[] of(float[] logits, SamplingParams sampling) {
    Truncation truncation = sampling.truncation();
    double[] weights = new double[logits.length];
    List<Integer> kept =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -logits[i]))
            .collect(Collectors.toCollection(ArrayList::new));
    for (int i = 0; i < logits.length; i++) {
      weights[i] = Math.exp((logits[i] - logits[kept.getFirst()]) / sampling.temperature());
    }
    if (truncation.topK() > 0) {
      kept = kept.subList(0, Math.min(truncation.topK(), kept.size()));
    }
    kept = nucleus(kept, weights, truncation.topP());
    kept = kept.stream().filter(i -> weights[i] >= truncation.minP()).toList();
    double[] probabilities = shares(kept, weights);
    if (truncation.typicalP() < 1) {
      double[] p = probabilities;
      double expected = kept.stream().mapToDouble(i -> -p[i] * Math.log(p[i])).sum();
      kept =
          kept.stream()
              .sorted(Comparator.comparingDouble(i -> Math.abs(-Math.log(p[i]) - expected)))
              .toList();
      probabilities = shares(nucleus(kept, p, truncation.typicalP()), p);
    }
    return probabilities;
  }

  /** The first ones, up to that share of their mass. */
  private static List<Integer> nucleus(List<Integer> order, double[] weights, double share) {
    double mass = order.stream().mapToDouble(i -> weights[i]).sum();
    double before = 0;
    int count = 0;
    while (count < order.size() && before / mass < share) {
      before += weights[order.get(count++)];
    }
    return order.subList(0, count);
  }

  private static double[] shares(List<Integer> kept, double[] weights) {
    double mass = kept.stream().mapToDouble(i -> weights[i]).sum();
    double[] shares = new double[weights.length];
    kept.forEach(i -> shares[i] = weights[i] / mass);
    return shares;
  }
}
