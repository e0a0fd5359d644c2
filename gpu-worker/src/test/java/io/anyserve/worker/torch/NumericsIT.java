package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.Truncation;
import io.anyserve.worker.torch.Decoder.Row;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.precision.MachinePrecision;
import io.anyserve.worker.torch.precision.MachinePrecisions;
import io.anyserve.worker.torch.precision.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the decoder promises about its numbers in every precision that this machine has, on random
 * weights, on weights that are all as large as the largest of their row, and on the shipped model.
 */
@ParameterizedClass
@MethodSource("folders")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NumericsIT {

  private static final TenantId ACME = new TenantId("acme");

  private static final Path SHIPPED = Path.of("models", "story");
  private static final int SLOTS = 4;
  private static final int CONTEXT = 256;
  private static final int ANSWER = 40;
  private static final List<SamplingParams> SAMPLINGS =
      List.of(
          SamplingParams.GREEDY,
          new SamplingParams(1, 1, 0, 11),
          new SamplingParams(0.8, 0.9, 0, 12),
          new SamplingParams(1.2, 1, 20, 13),
          new SamplingParams(0.7, 0.8, 40, 14),
          new SamplingParams(1.5, new Truncation(1, 0, 0.3, 1), 16, Penalties.NONE),
          new SamplingParams(1, new Truncation(0.95, 40, 0.05, 0.7), 17, Penalties.NONE),
          new SamplingParams(1.1, new Truncation(1, 0, 0, 0.4), 18, new Penalties(0, 0, 1.4)),
          new SamplingParams(0.9, 0.9, 0, 15, new Penalties(1, 0.5)));

  /** Those in which a row has the same bits in every batch: a machine may have none of them. */
  private static final Set<Precision> EXACT =
      EnumSet.of(Precision.BF16_PACKED, Precision.F32_PACKED, Precision.INT8);

  private static final Path BUILT = Path.of("target", "numerics-models");
  private static final MachinePrecision MACHINE = MachinePrecision.here();
  private static final List<Precision> RIGHT = MachinePrecisions.right();
  private static final List<Precision> INDEPENDENT = MachinePrecisions.independent();

  @Parameter private Path folder = SHIPPED;

  private final Map<Precision, TorchModel> models = new HashMap<>();

  static List<Precision> independent() {
    return INDEPENDENT;
  }

  static Stream<Precision> exactPrecisions() {
    return RIGHT.stream().filter(EXACT::contains);
  }

  static Stream<Path> folders() throws IOException {
    Path tiny = TinyModel.write(Files.createDirectories(BUILT.resolve("tiny")));
    Path extreme = TinyModel.writeExtreme(Files.createDirectories(BUILT.resolve("extreme")));
    return Stream.of(tiny, extreme, SHIPPED);
  }

  @AfterEach
  void close() {
    models.values().forEach(TorchModel::close);
    models.clear();
  }

  @Test
  void cachedDecodeEqualsFullRecompute() {
    TorchModel model = model(Precision.F32);
    for (int[] prompt : prompts(model)) {
      assertEquals(recomputed(model, prompt), alone(model, prompt, SamplingParams.GREEDY));
    }
  }

  @Test
  void cachedLogitsEqualRecomputedOnes() {
    try (Loaded loaded = new Loaded(folder, Precision.F32)) {
      int[] prompt = prompts(loaded.config())[2];
      float[] whole = loaded.decoder().logits(0, 0, prompt);
      loaded.decoder().fill(1, 0, Arrays.copyOf(prompt, 5));
      int width = loaded.config().vocabulary();
      for (int i = 5; i < prompt.length; i++) {
        float[] cached =
            loaded.decoder().logits(List.of(new Row(1, i, prompt[i], SamplingParams.GREEDY)));
        assertArrayEquals(Arrays.copyOfRange(whole, i * width, (i + 1) * width), cached, 2e-3f);
      }
    }
  }

  /** Neighbours join and leave at every step; some are cancelled on the way. */
  @ParameterizedTest
  @MethodSource("independent")
  void aSequenceInABatchEqualsItselfAlone(Precision precision) {
    TorchModel model = model(precision);
    int[][] prompts = prompts(model);
    Map<Long, List<Integer>> together = staggered(model, prompts);
    assertEquals(prompts.length, together.size());
    together.forEach(
        (run, answer) -> {
          List<Integer> alone = alone(model, prompts[run.intValue()], sampling(run));
          assertEquals(alone.subList(0, answer.size()), answer, precision + ", run " + run);
        });
  }

  /** Prompts are read in parts; each part sees all before it. */
  @Test
  void aPromptInPartsEqualsThePromptAsAWhole() {
    try (Loaded loaded = new Loaded(folder, Precision.F32)) {
      int[] prompt = prompts(loaded.config())[2];
      int width = loaded.config().vocabulary();
      float[] whole = loaded.decoder().logits(0, 0, prompt);
      for (int start = 0, end = 1;
          start < prompt.length;
          start = end, end = Math.min(90, 3 * end)) {
        float[] part = loaded.decoder().logits(1, start, Arrays.copyOfRange(prompt, start, end));
        assertArrayEquals(Arrays.copyOfRange(whole, start * width, end * width), part, 2e-3f);
      }
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("exactPrecisions")
  void replayedTokensGiveTheSameBits(Precision precision) {
    try (Loaded loaded = new Loaded(folder, precision)) {
      int[] prompt = prompts(loaded.config())[1];
      int[] answer = prompts(loaded.config())[3];
      Decoder decoder = loaded.decoder();
      decoder.fill(0, 0, prompt);
      decoder.fill(1, 0, prompt);
      for (int i = 0; i < answer.length - 1; i++) {
        decoder.logits(List.of(new Row(0, prompt.length + i, answer[i], SamplingParams.GREEDY)));
      }
      decoder.replay(1, prompt.length, Arrays.copyOf(answer, answer.length - 1));
      int position = prompt.length + answer.length - 1;
      int last = answer[answer.length - 1];
      assertArrayEquals(
          decoder.logits(List.of(new Row(0, position, last, SamplingParams.GREEDY))),
          decoder.logits(List.of(new Row(1, position, last, SamplingParams.GREEDY))));
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("exactPrecisions")
  void neighboursChangeNoBits(Precision precision) {
    try (Loaded loaded = new Loaded(folder, precision)) {
      int width = loaded.config().vocabulary();
      List<Row> rows = new ArrayList<>();
      for (int slot = 0; slot < Loaded.SLOTS; slot++) {
        int[] prompt = prompts(loaded.config())[slot];
        loaded.decoder().fill(slot, 0, prompt);
        rows.add(new Row(slot, prompt.length, 40 + slot, SamplingParams.GREEDY));
      }
      float[] together = loaded.decoder().logits(rows);
      for (int i = 0; i < rows.size(); i++) {
        float[] alone = loaded.decoder().logits(List.of(rows.get(i)));
        assertArrayEquals(alone, Arrays.copyOfRange(together, i * width, (i + 1) * width));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("independent")
  void anAnswerContinuedElsewhereEqualsTheUninterruptedOne(Precision precision) {
    TorchModel model = model(precision);
    for (SamplingParams sampling : SAMPLINGS) {
      int[] prompt = prompts(model)[1];
      List<Integer> whole = alone(model, prompt, sampling);
      for (int written : new int[] {1, 2, 17, ANSWER - 1}) {
        Generation generation = generation(model, prompt, sampling);
        whole.subList(0, written).forEach(generation::accept);
        assertEquals(whole.subList(written, ANSWER), run(model, generation));
      }
    }
  }

  @Test
  void theSeedDecidesTheDraws() {
    TorchModel model = model(Precision.F32);
    int[] prompt = prompts(model)[0];
    List<Integer> first = alone(model, prompt, new SamplingParams(1, 1, 0, 5));
    assertEquals(first, alone(model, prompt, new SamplingParams(1, 1, 0, 5)));
    assertNotEquals(first, alone(model, prompt, new SamplingParams(1, 1, 0, 6)));
    List<Integer> greedy = alone(model, prompt, SamplingParams.GREEDY);
    assertEquals(greedy, alone(model, prompt, new SamplingParams(1, 1, 1, 5)));
    assertEquals(greedy, alone(model, prompt, new SamplingParams(1, 1e-6, 0, 5)));
    assertEquals(greedy, alone(model, prompt, new SamplingParams(1e-300, 1, 0, 5)));
  }

  @Test
  void penaltiesAreTakenOffTheLogitsOfTheirRowAlone() {
    try (Loaded loaded = new Loaded(folder, Precision.F32)) {
      int[] prompt = prompts(loaded.config())[0];
      float[] all = loaded.decoder().logits(0, 0, prompt);
      int width = loaded.config().vocabulary();
      float[] last = Arrays.copyOfRange(all, all.length - width, all.length);
      int place = prompt.length - 1;
      var counts = new LogitAdjustments(LogitBias.NONE, new Penalties(2, 2));
      var penalised = new TokenChoice(SamplingParams.GREEDY, counts, OptionalInt.empty());
      List<Integer> expected = new ArrayList<>();
      List<Integer> found = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        expected.add(likeliest(last));
        last[likeliest(last)] -= last[likeliest(last)] + 1e6f;
        Row plain = new Row(0, place, prompt[place], SamplingParams.GREEDY);
        Row changed = new Row(0, place, prompt[place], penalised);
        List<NextToken> tokens = loaded.decoder().decode(List.of(plain, changed, plain));
        assertEquals(expected.getFirst(), tokens.get(0).id());
        assertEquals(expected.getFirst(), tokens.get(2).id());
        found.add(tokens.get(1).id());
        IntStream.range(0, 200).forEach(_ -> counts.add(tokens.get(1).id()));
      }
      assertEquals(expected, found);
    }
  }

  @Test
  void aRepetitionPenaltyDividesPositiveLogitsAndMultipliesNegativeOnes() {
    try (Loaded loaded = new Loaded(folder, Precision.F32)) {
      int[] prompt = prompts(loaded.config())[0];
      float[] all = loaded.decoder().logits(0, 0, prompt);
      int width = loaded.config().vocabulary();
      int place = prompt.length - 1;
      for (double penalty : new double[] {0.2, 1.3, 8}) {
        float[] last = Arrays.copyOfRange(all, all.length - width, all.length);
        var repeated = new LogitAdjustments(LogitBias.NONE, new Penalties(0, 0, penalty));
        IntStream.range(0, 30)
            .map(_ -> likeliest(last))
            .forEach(
                token -> {
                  repeated.addPrompt(token);
                  last[token] -= 1e6f;
                });
        IntStream.range(0, width)
            .filter(token -> last[token] < -1e5f)
            .forEach(
                token -> {
                  double logit = all[all.length - width + token];
                  last[token] = (float) (logit < 0 ? logit * penalty : logit / penalty);
                });
        var choice = new TokenChoice(SamplingParams.GREEDY, repeated, OptionalInt.empty());
        Row changed = new Row(0, place, prompt[place], choice);
        Row plain = new Row(0, place, prompt[place], SamplingParams.GREEDY);
        assertEquals(likeliest(last), loaded.decoder().decode(List.of(plain, changed)).get(1).id());
      }
    }
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /** Drawn tokens are among those that top-k and top-p keep, and all of these are drawn. */
  @Test
  void drawsFollowTheDistribution() {
    try (Loaded loaded = new Loaded(folder, Precision.F32)) {
      int[] prompt = prompts(loaded.config())[0];
      float[] all = loaded.decoder().logits(0, 0, prompt);
      int width = loaded.config().vocabulary();
      float[] last = Arrays.copyOfRange(all, all.length - width, all.length);
      for (SamplingParams sampling : SAMPLINGS.subList(1, SAMPLINGS.size())) {
        assertDistribution(last, sampling, loaded.decoder(), prompt);
      }
    }
  }

  /** The bounds are in standard deviations of the reference logits. */
  @ParameterizedTest
  @CsvSource({
    "F32_PACKED, 0.00001, 0.0001",
    "FP16_PACKED, 0.0003, 0.003",
    "BF16, 0.03, 0.2",
    "BF16_PACKED, 0.03, 0.2",
    "INT8, 0.03, 0.3"
  })
  void logitsStayNearTheReference(Precision precision, double meanBound, double worstBound) {
    assumeTrue(RIGHT.contains(precision), precision + ": this machine cannot run it");
    float[] reference = logits(Precision.F32);
    float[] found = logits(precision);
    LogitDistance off = LogitDistance.of(reference, found);
    assertTrue(off.mean() < meanBound && off.worst() < worstBound, precision + ": " + off);
  }

  private void assertDistribution(
      float[] logits, SamplingParams sampling, Decoder decoder, int[] prompt) {
    double[] expected = Distribution.of(logits, sampling);
    int draws = 3000;
    int[] counts = new int[logits.length];
    int last = prompt.length - 1;
    for (int first = 0; first < draws; first += 100) {
      List<Row> rows = new ArrayList<>();
      for (int seed = first; seed < first + 100; seed++) {
        var seeded =
            new SamplingParams(sampling.temperature(), sampling.truncation(), seed, Penalties.NONE);
        rows.add(new Row(0, last, prompt[last], seeded));
      }
      for (NextToken token : decoder.decode(rows)) {
        counts[token.id()]++;
      }
    }
    for (int token = 0; token < counts.length; token++) {
      double mean = draws * expected[token];
      double tolerance = 5 * Math.sqrt(mean) + (expected[token] > 0 ? 1 : 0);
      String seen = "%s token %d: %d of %.1f".formatted(sampling, token, counts[token], mean);
      assertTrue(Math.abs(counts[token] - mean) <= tolerance, seen);
    }
  }

  private float[] logits(Precision precision) {
    try (Loaded loaded = new Loaded(folder, precision)) {
      return loaded.decoder().logits(0, 0, prompts(loaded.config())[2]);
    }
  }

  /** One new sequence per step, more than there are slots; every third leaves early. */
  private static Map<Long, List<Integer>> staggered(TorchModel model, int[][] prompts) {
    GenerationBatch batch = model.batch();
    var answers = new Answers();
    int next = 0;
    while (next < prompts.length || !batch.idle()) {
      if (next < prompts.length && !batch.full()) {
        batch.add(next, ACME, generation(model, prompts[next], sampling(next)));
        next++;
      }
      batch.step(answers);
      answers
          .tokens()
          .forEach(
              (run, tokens) -> {
                if (run % 3 == 2 && tokens.size() >= 7) {
                  batch.remove(run);
                }
              });
    }
    return answers.tokens();
  }

  private static List<Integer> alone(TorchModel model, int[] prompt, SamplingParams sampling) {
    return run(model, generation(model, prompt, sampling));
  }

  private static List<Integer> run(TorchModel model, Generation generation) {
    return Answers.of(model, List.of(generation)).getFirst();
  }

  /** The whole text is a prompt again for every token. */
  private static List<Integer> recomputed(TorchModel model, int[] prompt) {
    List<Integer> answer = new ArrayList<>();
    int[] text = prompt;
    for (int i = 0; i < ANSWER; i++) {
      var parameters = new GenerationParameters(1, SamplingParams.GREEDY, List.of(), true);
      int token = run(model, model.generation(text, parameters)).getFirst();
      answer.add(token);
      text = Arrays.copyOf(text, text.length + 1);
      text[text.length - 1] = token;
    }
    return answer;
  }

  private static Generation generation(TorchModel model, int[] prompt, SamplingParams sampling) {
    return model.generation(prompt, new GenerationParameters(ANSWER, sampling, List.of(), true));
  }

  private static SamplingParams sampling(long run) {
    return SAMPLINGS.get((int) run % SAMPLINGS.size());
  }

  private static int[][] prompts(TorchModel model) {
    return prompts(model.files().config());
  }

  /** Twelve prompts of random tokens, 3 to 90 long. */
  private static int[][] prompts(ModelConfig config) {
    var random = new Random(3);
    return IntStream.of(5, 37, 90, 12, 3, 64, 16, 70, 8, 33, 21, 48)
        .mapToObj(length -> random.ints(length, 0, Math.min(256, config.vocabulary())).toArray())
        .toArray(int[][]::new);
  }

  private TorchModel model(Precision precision) {
    return models.computeIfAbsent(
        precision,
        p -> TorchModel.load(folder, new TorchModel.Options(p, SLOTS, CONTEXT, 2), MACHINE));
  }
}
