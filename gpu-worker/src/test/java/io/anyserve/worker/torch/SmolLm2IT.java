package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.torch.precision.MachinePrecisions;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionSetting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * SmolLM2-135M-Instruct against texts that Hugging Face's transformers wrote with it, in every
 * precision that this machine has. docs/models.md says how to get the file.
 */
@EnabledIfSystemProperty(
    named = SmolLm2IT.MODEL,
    matches = ".+",
    disabledReason = "no model (expected: -D" + SmolLm2IT.MODEL + "=FILE.gguf or a folder)")
final class SmolLm2IT {

  static final String MODEL = "anyserve.smollm2";

  private static final int ANSWER = 64;
  private static final int CONTEXT = 256;
  private static final List<Reference> REFERENCES = references();

  private final List<TorchModel> models = new ArrayList<>();

  /** A prompt, its tokens and the 64 likeliest tokens that follow one after the other. */
  private record Reference(JsonNode input, List<Integer> ids, List<Integer> greedy, String text) {

    int[] prompt() {
      return ids.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  static List<Precision> precisions() {
    return MachinePrecisions.right();
  }

  static List<Precision> independent() {
    return MachinePrecisions.independent();
  }

  @AfterEach
  void close() {
    models.forEach(TorchModel::close);
  }

  @Test
  void promptsAndConversationsHaveTheTokensOfTheReference() {
    TorchModel model = model(PrecisionSetting.AUTO);
    for (Reference reference : REFERENCES) {
      assertArrayEquals(
          reference.prompt(), model.prompts().encode(payload(reference.input), CONTEXT));
    }
  }

  @Test
  void theMachinesOwnPrecisionAnswersLikeTheReference() {
    TorchModel model = model(PrecisionSetting.AUTO);
    Reference france = REFERENCES.get(3);
    List<Integer> answer = Answers.of(model, List.of(greedy(model, france, false))).getFirst();
    int[] tokens = answer.stream().mapToInt(Integer::intValue).toArray();
    assertEquals("The capital of France is Paris.", france.text);
    assertEquals(france.greedy.subList(0, tokens.length), answer);
  }

  /**
   * Along the reference's own text the token that it has next is the likeliest, or nearly so:
   * rounding may turn a close decision around, and the closest here are 0.01 apart.
   */
  @ParameterizedTest
  @MethodSource("precisions")
  void everyTokenOfTheReferenceIsTheLikeliestUpToRounding(Precision precision) {
    double allowed =
        switch (precision) {
          case F32, F32_PACKED, FP16_PACKED -> 0.001;
          case BF16, BF16_PACKED -> 0.5;
          case INT8 -> 1;
        };
    try (Loaded loaded = new Loaded(path(), precision)) {
      double worst = 0;
      int likeliest = 0;
      for (Reference reference : REFERENCES) {
        for (double gap : gaps(loaded, reference)) {
          worst = Math.max(worst, gap);
          likeliest += gap == 0 ? 1 : 0;
        }
      }
      String figures = precision + ": " + likeliest + " of 384 likeliest, worst gap " + worst;
      System.out.println(figures);
      assertTrue(worst <= allowed, figures);
    }
  }

  @ParameterizedTest
  @MethodSource("independent")
  void whoSharesTheBatchChangesNoTokens(Precision precision) {
    TorchModel model = model(new PrecisionSetting.Named(precision));
    List<Generation> batch = REFERENCES.stream().map(r -> greedy(model, r, true)).toList();
    List<List<Integer>> together = Answers.of(model, batch);
    int equal = 0;
    for (int i = 0; i < REFERENCES.size(); i++) {
      Generation alone = greedy(model, REFERENCES.get(i), true);
      List<Integer> answer = Answers.of(model, List.of(alone)).getFirst();
      for (int token = 0; token < ANSWER; token++) {
        equal += answer.get(token).equals(together.get(i).get(token)) ? 1 : 0;
      }
    }
    System.out.println(precision + ": alone and in the batch " + equal + " of 384 equal");
    assertEquals(REFERENCES.size() * ANSWER, equal, precision.text());
  }

  /** How far each token of the reference's answer is below the likeliest. */
  private static double[] gaps(Loaded loaded, Reference reference) {
    int width = loaded.config().vocabulary();
    int[] text =
        Stream.concat(reference.ids.stream(), reference.greedy.stream().limit(ANSWER - 1))
            .mapToInt(Integer::intValue)
            .toArray();
    float[] logits = loaded.decoder().logits(0, 0, text);
    double[] gaps = new double[ANSWER];
    for (int i = 0; i < ANSWER; i++) {
      int row = (reference.ids.size() - 1 + i) * width;
      float best = Float.NEGATIVE_INFINITY;
      for (int token = 0; token < width; token++) {
        best = Math.max(best, logits[row + token]);
      }
      gaps[i] = best - logits[row + reference.greedy.get(i)];
    }
    return gaps;
  }

  private TorchModel model(PrecisionSetting precision) {
    TorchModel model =
        TorchModel.load(path(), new TorchModel.Options(precision, REFERENCES.size(), CONTEXT, 2));
    models.add(model);
    return model;
  }

  private static Path path() {
    return Path.of(System.getProperty(MODEL, ""));
  }

  private static Generation greedy(TorchModel model, Reference reference, boolean pastTheEnd) {
    var parameters = new GenerationParameters(ANSWER, SamplingParams.GREEDY, List.of(), pastTheEnd);
    return model.generation(reference.prompt(), parameters);
  }

  private static Payload payload(JsonNode input) {
    return input.isString()
        ? new Payload.Text(input.stringValue())
        : new Payload.Chat(
            input
                .valueStream()
                .map(
                    message ->
                        new ChatMessage(
                            message.path("role").stringValue(),
                            message.path("content").stringValue()))
                .toList());
  }

  private static List<Reference> references() {
    try (InputStream file = SmolLm2IT.class.getResourceAsStream("smollm2.json")) {
      JsonNode root = JsonMapper.shared().readTree(Objects.requireNonNull(file));
      return root.path("prompts").valueStream().map(SmolLm2IT::reference).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Reference reference(JsonNode prompt) {
    return new Reference(
        prompt.path("input"),
        prompt.path("ids").valueStream().map(JsonNode::intValue).toList(),
        prompt.path("greedy").valueStream().map(JsonNode::intValue).toList(),
        prompt.path("text").stringValue());
  }
}
