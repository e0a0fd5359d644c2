package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.sampling.TokenLogprob;
import io.anyserve.worker.torch.NextToken.Candidate;
import io.anyserve.worker.torch.NextToken.Ranking;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NextTokenTest {

  @Test
  void theBestComeFirst() {
    var chosen = new Candidate(4, -3);
    var ranking = Ranking.of(chosen, List.of(new Candidate(9, -2), new Candidate(2, -1), chosen));
    assertEquals(-3, ranking.logprob());
    assertEquals(List.of(2, 9, 4), tokens(ranking));
  }

  @Test
  void ofEqualsTheChosenOneIsFirst() {
    var chosen = new Candidate(7, -1);
    assertEquals(
        List.of(7, 2, 5), tokens(Ranking.of(chosen, equals(5, 7, 2))), "among the likeliest");
    assertEquals(List.of(7, 2), tokens(Ranking.of(chosen, equals(5, 2))), "left out by libtorch");
    assertEquals(
        List.of(1, 7),
        tokens(Ranking.of(chosen, List.of(new Candidate(1, -0.5f), new Candidate(3, -1)))));
  }

  @Test
  void aChosenTokenThatIsLessLikelyIsNotAmongThem() {
    assertEquals(List.of(2, 5), tokens(Ranking.of(new Candidate(7, -1.5f), equals(5, 2))));
    assertEquals(List.of(), tokens(Ranking.of(new Candidate(7, -1.5f), List.of())));
  }

  @Test
  void whatLibtorchComputesIsALogarithmOfAProbability() {
    assertEquals(new Candidate(3, 0f), Candidate.of(3.0, 1e-8));
    assertEquals(new Candidate(3, 0f), Candidate.of(3.0, -0.0));
    assertEquals(new Candidate(3, TokenLogprob.LEAST), Candidate.of(3.0, Double.NEGATIVE_INFINITY));
    assertEquals(new Candidate(3, TokenLogprob.LEAST), Candidate.of(3.0, Double.NaN));
  }

  private static List<Candidate> equals(int... tokens) {
    return java.util.Arrays.stream(tokens).mapToObj(id -> new Candidate(id, -1)).toList();
  }

  private static List<Integer> tokens(Ranking ranking) {
    return ranking.top().stream().map(Candidate::token).toList();
  }
}
