package io.anyserve.worker.simulated;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The words of one answer, a function of prompt, seed, position and, with bias or penalties, of
 * these and the words so far: whoever goes on from any position writes the same text. It has a
 * distribution of its own at every position, of which the likeliest word is written.
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

  /** Natural logarithms of the words' probabilities at that position: softmax of the logits. */
  double[] logprobs(int position) {
    double[] logits = logits(position);
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(logit -> logit - Math.log(sum)).toArray();
  }

  /** The word that is written when nothing is added is the likeliest one. */
  double[] logits(int position) {
    double[] logits = new double[WORDS.size()];
    Arrays.setAll(logits, word -> logit(position, word));
    logits[token(position)] = SPREAD;
    return logits;
  }

  /** Below the spread. */
  private double logit(int position, int word) {
    long mixed = mix(mix(origin + GOLDEN * (position + 1)) + word);
    return SPREAD * (mixed >>> 11) * 0x1.0p-53;
  }

  /** The id of a word, where it is one of them. */
  static OptionalInt id(String word) {
    int at = WORDS.indexOf(word);
    return at < 0 ? OptionalInt.empty() : OptionalInt.of(at);
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
  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
