package io.anyserve.worker.simulated;

import java.util.List;

/**
 * The words of one answer, a function of prompt, seed and position alone: whoever goes on from any
 * position writes the same text.
 */
record WordStream(long origin) {

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
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  static WordStream of(String prompt, long seed) {
    return new WordStream(mix(seed ^ mix(prompt.hashCode() + GOLDEN * prompt.length())));
  }

  /** The length in tokens at which the answer ends by itself. */
  int naturalLength() {
    return SHORTEST + (int) Long.remainderUnsigned(mix(origin ^ GOLDEN), LENGTHS);
  }

  /** The token at that position, from 0. */
  int token(int position) {
    return (int) Long.remainderUnsigned(mix(origin + GOLDEN * (position + 1)), WORDS.size());
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
