package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.torch.Decoder.Row;
import io.anyserve.worker.torch.precision.MachinePrecisions;
import io.anyserve.worker.torch.precision.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Small models of every architecture against what transformers computes with them. */
final class DecoderFamiliesIT {

  private static final List<FamilyCase> CASES = FamilyCase.all();
  private static final TokenChoice GREEDY = new TokenChoice(SamplingParams.GREEDY);

  /** Those in which a row has the same bits in every batch. */
  private static final Set<Precision> EXACT =
      EnumSet.of(Precision.BF16_PACKED, Precision.F32_PACKED, Precision.INT8);

  static List<FamilyCase> cases() {
    return CASES;
  }

  static Stream<Arguments> precisions() {
    return pairs(MachinePrecisions.right());
  }

  static Stream<Arguments> independent() {
    return pairs(MachinePrecisions.independent());
  }

  static Stream<Arguments> exact() {
    return pairs(MachinePrecisions.independent().stream().filter(EXACT::contains).toList());
  }

  private static Stream<Arguments> pairs(List<Precision> precisions) {
    return CASES.stream()
        .flatMap(one -> precisions.stream().map(precision -> Arguments.of(one, precision)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void olderAndNewerKeysSayTheSame(FamilyCase one) {
    assertEquals(one.config(), one.saved());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsAndTokensAreThoseOfTransformers(FamilyCase one) {
    try (Loaded loaded = one.load(Precision.F32)) {
      LogitDistance off = LogitDistance.of(reference(one), logits(loaded, one));
      assertTrue(off.worst() < 1e-4, one + ": " + off);
      assertEquals(one.greedy(), alone(loaded.decoder(), 0, one.promptIds(), 64));
    }
  }

  /** The bounds are in standard deviations of the reference's logits. */
  @ParameterizedTest
  @MethodSource("precisions")
  void logitsStayNearTransformersInEveryPrecision(FamilyCase one, Precision precision) {
    var bound =
        switch (precision) {
          case F32, F32_PACKED -> new LogitDistance(1e-5, 1e-4);
          case FP16_PACKED -> new LogitDistance(2e-3, 0.02);
          case BF16, BF16_PACKED, INT8 -> new LogitDistance(0.05, 0.5);
        };
    try (Loaded loaded = one.load(precision)) {
      LogitDistance off = LogitDistance.of(reference(one), logits(loaded, one));
      System.out.printf("%s in %s: %s%n", one, precision.text(), off);
      assertTrue(
          off.mean() < bound.mean() && off.worst() < bound.worst(),
          one + " in " + precision + ": " + off);
    }
  }

  @ParameterizedTest
  @MethodSource("independent")
  void aSequenceInARaggedBatchEqualsItselfAlone(FamilyCase one, Precision precision) {
    try (Loaded loaded = one.load(precision)) {
      List<int[]> prompts = prompts(one);
      List<List<Integer>> alone = new ArrayList<>();
      for (int slot = 0; slot < prompts.size(); slot++) {
        alone.add(alone(loaded.decoder(), slot, prompts.get(slot), 40));
      }
      assertEquals(alone, together(loaded.decoder(), prompts, 40));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aPromptInPartsEqualsThePromptAsAWhole(FamilyCase one) {
    try (Loaded loaded = one.load(Precision.F32)) {
      int[] prompt = one.promptIds();
      int width = one.config().vocabulary();
      float[] whole = loaded.decoder().logits(0, 0, prompt);
      for (int length : new int[] {1, 5, 16, 33}) {
        for (int start = 0; start < prompt.length; start += length) {
          int end = Math.min(prompt.length, start + length);
          float[] part = loaded.decoder().logits(1, start, Arrays.copyOfRange(prompt, start, end));
          LogitDistance off =
              LogitDistance.of(Arrays.copyOfRange(whole, start * width, end * width), part);
          assertTrue(off.worst() < 1e-4, one + " from " + start + " to " + end + ": " + off);
        }
      }
    }
  }

  /** An answer goes on elsewhere with the same bits, and neighbours change none. */
  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("exact")
  void replayedRowsAndNeighboursChangeNoBits(FamilyCase one, Precision precision) {
    try (Loaded loaded = one.load(precision)) {
      Decoder decoder = loaded.decoder();
      int[] prompt = one.promptIds();
      int[] answer = one.greedy().stream().mapToInt(Integer::intValue).limit(30).toArray();
      int last = answer.length - 1;
      decoder.fill(0, 0, prompt);
      decoder.fill(1, 0, prompt);
      decoder.fill(2, 0, Arrays.copyOf(prompt, 7));
      for (int i = 0; i < last; i++) {
        decoder.logits(List.of(row(0, prompt.length + i, answer[i]), row(2, 7 + i, answer[i])));
      }
      decoder.replay(1, prompt.length, Arrays.copyOf(answer, last));
      assertArrayEquals(
          decoder.logits(List.of(row(0, prompt.length + last, answer[last]))),
          decoder.logits(List.of(row(1, prompt.length + last, answer[last]))));
    }
  }

  private static float[] reference(FamilyCase one) {
    float[] logits = new float[one.logits().size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = one.logits().get(i);
    }
    return logits;
  }

  /** As many of the prompt's last rows as the reference has. */
  private static float[] logits(Loaded loaded, FamilyCase one) {
    float[] all = loaded.decoder().logits(0, 0, one.promptIds());
    return Arrays.copyOfRange(all, all.length - one.logits().size(), all.length);
  }

  /** The prompt, and parts of it. */
  private static List<int[]> prompts(FamilyCase one) {
    int[] prompt = one.promptIds();
    return List.of(
        prompt,
        Arrays.copyOf(prompt, 3),
        Arrays.copyOfRange(prompt, 5, prompt.length),
        Arrays.copyOf(prompt, 14));
  }

  private static List<Integer> alone(Decoder decoder, int slot, int[] prompt, int tokens) {
    List<Integer> answer = new ArrayList<>();
    answer.add(decoder.prefill(slot, 0, prompt, GREEDY).id());
    while (answer.size() < tokens) {
      int position = prompt.length + answer.size() - 1;
      Row row = row(slot, position, answer.getLast());
      answer.add(decoder.decode(List.of(row)).getFirst().id());
    }
    return answer;
  }

  private static List<List<Integer>> together(Decoder decoder, List<int[]> prompts, int tokens) {
    List<List<Integer>> answers = new ArrayList<>();
    for (int slot = 0; slot < prompts.size(); slot++) {
      int first = decoder.prefill(slot, 0, prompts.get(slot), GREEDY).id();
      answers.add(new ArrayList<>(List.of(first)));
    }
    for (int step = 1; step < tokens; step++) {
      List<Row> rows = new ArrayList<>();
      for (int slot = 0; slot < prompts.size(); slot++) {
        rows.add(row(slot, prompts.get(slot).length + step - 1, answers.get(slot).getLast()));
      }
      List<NextToken> next = decoder.decode(rows);
      for (int slot = 0; slot < prompts.size(); slot++) {
        answers.get(slot).add(next.get(slot).id());
      }
    }
    return answers;
  }

  private static Row row(int slot, int position, int token) {
    return new Row(slot, position, token, SamplingParams.GREEDY);
  }
}
