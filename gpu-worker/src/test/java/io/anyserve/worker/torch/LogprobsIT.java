package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.TokenLogprob;
import io.anyserve.worker.engine.Continuation;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.torch.Decoder.Row;
import io.anyserve.worker.torch.NextToken.Candidate;
import io.anyserve.worker.torch.NextToken.Ranking;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.precision.MachinePrecisions;
import io.anyserve.worker.torch.precision.Precision;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Likelihoods and bias on the shipped model, against a reference in double precision. */
final class LogprobsIT {

  private static final Path STORY = Path.of("models", "story");

  /** The fastest in which an answer that goes on has the same bits; a machine may have none. */
  private static final Optional<Precision> EXACT =
      MachinePrecisions.right().stream()
          .filter(EnumSet.of(Precision.BF16_PACKED, Precision.F32_PACKED)::contains)
          .findFirst();

  private static final String PROMPT = "Once upon a time";
  private static final int ANSWER = 24;

  static List<Precision> precisions() {
    return MachinePrecisions.right();
  }

  @ParameterizedTest
  @MethodSource("precisions")
  void rankingsAreTheLogSoftmaxOfTheRawLogits(Precision precision) {
    try (Loaded loaded = new Loaded(STORY, precision)) {
      int vocabulary = loaded.config().vocabulary();
      int[] prompt = IntStream.range(0, 20).map(i -> (31 * i + 5) % vocabulary).toArray();
      Decoder decoder = loaded.decoder();
      decoder.fill(0, 0, prompt);
      var drawn = new SamplingParams(0.3, 0.9, 40, 8, new Penalties(1, 1));
      var changed =
          new LogitAdjustments(LogitBias.of(Map.of(3, 50.0, 9, -50.0)), drawn.penalties());
      changed.add(7);
      int place = prompt.length - 1;
      Row plain = new Row(0, place, prompt[place], SamplingParams.GREEDY);
      Row asking =
          new Row(0, place, prompt[place], new TokenChoice(drawn, changed, OptionalInt.of(20)));
      List<Row> rows = List.of(plain, asking, plain);
      double[] expected = logSoftmax(decoder.logits(rows), 1, vocabulary);
      List<NextToken> tokens = decoder.decode(rows);
      assertTrue(tokens.get(0).ranking().isEmpty() && tokens.get(2).ranking().isEmpty());
      assertEquals(3, tokens.get(1).id(), "a bias of 50 outweighs all else");
      Ranking ranking = tokens.get(1).ranking().orElseThrow();
      assertEquals(expected[3], ranking.logprob(), 2e-5);
      assertBest(expected, ranking.top());
    }
  }

  private static void assertBest(double[] expected, List<Candidate> top) {
    double[] best = Arrays.stream(expected).map(p -> -p).sorted().map(p -> -p).limit(20).toArray();
    assertEquals(20, top.size());
    assertEquals(20, new HashSet<>(top).size());
    for (int i = 0; i < best.length; i++) {
      assertEquals(best[i], top.get(i).logprob(), 2e-5, "place " + i);
      assertEquals(expected[top.get(i).token()], top.get(i).logprob(), 2e-5, "place " + i);
    }
  }

  private static double[] logSoftmax(float[] logits, int row, int width) {
    double[] own = new double[width];
    Arrays.setAll(own, i -> logits[row * width + i]);
    double most = Arrays.stream(own).max().orElseThrow();
    double sum = Arrays.stream(own).map(logit -> Math.exp(logit - most)).sum();
    return Arrays.stream(own).map(logit -> logit - most - Math.log(sum)).toArray();
  }

  @Test
  void aGreedyAnswerTakesTheLikeliestAndTellsItOfEveryToken() {
    withEngine(
        engine -> {
          GenerationParameters asking = greedy().withLogprobs(20);
          Continuation.Answer answer = engine.check(PROMPT, asking);
          assertEquals(
              engine.answer(PROMPT, greedy(), List.of()).ids(), answer.ids(), "the same tokens");
          List<PositionLogprobs> told = answer.logprobs().stream().flatMap(List::stream).toList();
          assertEquals(answer.ids(), told.stream().map(one -> one.chosen().token()).toList());
          byte[] text = answer.text().getBytes(StandardCharsets.UTF_8);
          int at = 0;
          for (PositionLogprobs one : told) {
            assertEquals(one.chosen(), one.top().getFirst());
            double mass = one.top().stream().mapToDouble(each -> Math.exp(each.logprob())).sum();
            assertTrue(mass > 0.3 && mass < 1.00001, () -> "mass of the best 20: " + mass);
            assertEquals(at, one.textOffset());
            for (byte b : one.chosen().piece()) {
              assertEquals(text[at++], b);
            }
          }
          assertEquals(text.length, at);
        });
  }

  @Test
  void theWholeVocabularyHasTheProbabilityOfOne() {
    try (Loaded loaded = new Loaded(STORY, Precision.F32)) {
      int vocabulary = loaded.config().vocabulary();
      var all =
          new TokenChoice(SamplingParams.GREEDY, LogitAdjustments.NONE, OptionalInt.of(vocabulary));
      NextToken token = loaded.decoder().prefill(0, 0, new int[] {5, 6, 7}, all);
      List<Candidate> top = token.ranking().orElseThrow().top();
      assertEquals(vocabulary, top.size());
      assertEquals(1, top.stream().mapToDouble(one -> Math.exp(one.logprob())).sum(), 1e-4);
      assertEquals(token.id(), top.getFirst().token());
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1})
  void aBiasForcesTokensFromTheFirstOn(double temperature) {
    withEngine(
        engine -> {
          var sampling = new SamplingParams(temperature, 0.9, 50, 3);
          var parameters = new GenerationParameters(8, sampling, List.of(), true);
          var forced = parameters.with(LogitBias.of(Map.of(300, 100.0))).withLogprobs(1);
          Continuation.Answer answer = engine.check(PROMPT, forced);
          assertEquals(Collections.nCopies(8, 300), answer.ids());
          TokenLogprob told = answer.logprobs().getFirst().getFirst().chosen();
          assertTrue(told.logprob() < -0.1, () -> "not of the raw distribution: " + told);
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aBiasBansTokensAndTheSeedDecidesTheRest(long seed) {
    withEngine(
        engine -> {
          var sampling = new SamplingParams(1, 1, 0, seed);
          var parameters = new GenerationParameters(ANSWER, sampling, List.of(), true);
          List<Integer> free = engine.answer(PROMPT, parameters, List.of()).ids();
          Map<Integer, Double> all = new HashMap<>();
          free.forEach(token -> all.put(token, -100.0));
          var banned = parameters.with(LogitBias.of(all));
          List<Integer> ids = engine.check(PROMPT, banned).ids();
          assertTrue(free.stream().noneMatch(ids::contains), () -> free + " " + ids);
          assertEquals(ids, engine.answer(PROMPT, banned, List.of()).ids());
        });
  }

  @Test
  void aBiasForATokenThatTheModelDoesNotHaveIsRefused() {
    try (TorchEngine engine = TorchEngine.load(STORY, options(Precision.F32))) {
      int vocabulary = ModelConfig.read(STORY).vocabulary();
      GenerationParameters wrong = greedy().with(LogitBias.of(Map.of(vocabulary, 1.0)));
      var task =
          new SequenceRequest(1, new TenantId("acme"), new Payload.Text("a"), wrong, TokenIds.NONE);
      var thrown = assertThrows(FailureException.class, () -> engine.admit(task));
      assertEquals(FailureCode.INVALID_REQUEST, thrown.failure().code());
      assertEquals(
          "logit_bias: token %d (expected: 0 to %d)".formatted(vocabulary, vocabulary - 1),
          thrown.failure().message());
    }
  }

  private static TorchModel.Options options(Precision precision) {
    return new TorchModel.Options(precision, 2, 256, 2);
  }

  private static GenerationParameters greedy() {
    return new GenerationParameters(ANSWER, SamplingParams.GREEDY, List.of(), true);
  }

  private static void withEngine(Consumer<Continuation> check) {
    assumeTrue(EXACT.isPresent(), "this machine has no exact precision");
    try (TorchEngine engine = TorchEngine.load(STORY, options(EXACT.orElseThrow()))) {
      check.accept(new Continuation(engine));
    }
  }
}
