package io.anyserve.worker.torch;

import io.anyserve.contracts.sampling.TokenLogprob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a decoder chose for a row.
 *
 * @param ranking present where the row asks for it
 */
record NextToken(int id, Optional<Ranking> ranking) {

  NextToken(int id) {
    this(id, Optional.empty());
  }

  /**
   * How likely tokens were, by the model's own logits.
   *
   * @param logprob of the chosen token
   * @param top the likeliest tokens, best first; of equals the chosen one first, then the one with
   *     the lower id
   */
  record Ranking(float logprob, List<Candidate> top) {

    Ranking {
      top = List.copyOf(top);
    }

    /**
     * Puts the candidates in order. Where equals compete for the last place, the decoder may have
     * left out the chosen token.
     */
    static Ranking of(Candidate chosen, List<Candidate> likeliest) {
      List<Candidate> top = new ArrayList<>(likeliest);
      top.sort(
          Comparator.comparingDouble((Candidate one) -> -one.logprob())
              .thenComparing(one -> one.token() != chosen.token())
              .thenComparingInt(Candidate::token));
      if (!top.isEmpty()
          && top.getLast().logprob() == chosen.logprob()
          && top.stream().noneMatch(one -> one.token() == chosen.token())) {
        top.removeLast();
        top.add(firstEqual(top, chosen), chosen);
      }
      return new Ranking(chosen.logprob(), top);
    }

    private static int firstEqual(List<Candidate> top, Candidate chosen) {
      return (int) top.stream().filter(one -> one.logprob() > chosen.logprob()).count();
    }
  }

  /** A token and the natural logarithm of its probability. */
  record Candidate(int token, float logprob) {

    /**
     * Of what libtorch computed: rounding may leave the range, and no probability has no number.
     */
    static Candidate of(double token, double computed) {
      boolean inRange = computed >= TokenLogprob.LEAST;
      float logprob = inRange ? (float) Math.min(0, computed) + 0f : TokenLogprob.LEAST;
      return new Candidate((int) token, logprob);
    }
  }
}
