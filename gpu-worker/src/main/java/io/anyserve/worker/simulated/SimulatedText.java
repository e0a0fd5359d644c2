package io.anyserve.worker.simulated;

import io.anyserve.contracts.sampling.Penalties;
import java.util.List;

/**
 * The words of one answer, a function of prompt, seed, position and, with penalties, the words so
 * far: whoever goes on from any position writes the same text.
 */
record SimulatedText(long origin) {

  private static final List<String> WORDS =
      List.of(
          "the",
          "a",
          "old",
          "new",
          "small",
          "great",
          "quiet",
          "bright",
          "river",
          "mountain",
          "house",
          "garden",
          "light",
          "shadow",
          "morning",
          "evening",
          "winter",
          "summer",
          "stone",
          "water",
          "wind",
          "fire",
          "road",
          "bridge",
          "boat",
          "bird",
          "horse",
          "child",
          "friend",
          "stranger",
          "king",
          "sailor",
          "teacher",
          "song",
          "story",
          "letter",
          "door",
          "window",
          "walks",
          "runs",
          "sings",
          "waits",
          "turns",
          "falls",
          "rises",
          "opens",
          "closes",
          "remembers",
          "forgets",
          "finds",
          "loses",
          "carries",
          "under",
          "over",
          "near",
          "beyond",
          "between",
          "without",
          "slowly",
          "again",
          "always",
          "never",
          "and",
          "then");

  private static final int SHORTEST = 32;
  private static final int LENGTHS = 480;
  private static final double SPREAD = 4;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  static SimulatedText of(String prompt, long seed) {
    return new SimulatedText(mix(seed ^ mix(prompt.hashCode() + GOLDEN * prompt.length())));
  }

  /** The length in tokens at which the answer ends by itself. */
  int naturalLength() {
    return SHORTEST + (int) Long.remainderUnsigned(mix(origin ^ GOLDEN), LENGTHS);
  }

  /** The token at that position, from 0. */
  int token(int position) {
    return (int) Long.remainderUnsigned(mix(origin + GOLDEN * (position + 1)), WORDS.size());
  }

  /** The token at that position, where the words so far count against themselves. */
  int token(int position, Penalties penalties, int[] counts) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int word = 0; word < WORDS.size(); word++) {
      double logit = logit(position, word) - penalties.of(counts[word]);
      best = logit > most ? word : best;
      most = Math.max(logit, most);
    }
    return best;
  }

  private double logit(int position, int word) {
    long mixed = mix(mix(origin + GOLDEN * (position + 1)) + word);
    return SPREAD * (mixed >>> 11) * 0x1.0p-53;
  }

  static int words() {
    return WORDS.size();
  }

  /** What the token reads as there. */
  static String text(int token, int position) {
    String word = WORDS.get(token);
    return position == 0 ? word : " " + word;
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Generators). */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
