package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.engine.Continuation;
import io.anyserve.worker.engine.Continuation.Answer;
import io.anyserve.worker.torch.precision.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiny model writes random bytes: its characters are split over tokens, and many broken. */
class TorchContinuationIT {

  private static final int TOKENS = 24;
  private static final String PROMPT = "Hi the";
  private static final Penalties STRONG = new Penalties(1.5, 0.5);

  private static @TempDir Path folder;
  private static TorchEngine engine;
  private static Continuation continuation;

  @BeforeAll
  static void load() throws IOException {
    var options = new TorchModel.Options(Precision.F32, 2, 64, 2);
    engine = TorchEngine.load(TinyModel.write(folder), options);
    continuation = new Continuation(engine);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static GenerationParameters parameters(SamplingParams sampling, String... stops) {
    return new GenerationParameters(TOKENS, sampling, List.of(stops), true);
  }

  private static SamplingParams drawn(long seed, Penalties penalties) {
    return new SamplingParams(1, 0.95, 0, seed, penalties);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anAnswerGoesOnUnchangedWithCharactersSplitOverTokens(long seed) {
    Answer whole = continuation.check(PROMPT, parameters(drawn(seed, Penalties.NONE)));
    assertEquals(FinishReason.LENGTH, whole.reason());
    assertTrue(whole.events().contains(""), "no character was split: " + whole.events());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anAnswerWithPenaltiesGoesOnUnchanged(long seed) {
    Answer whole = continuation.check(PROMPT, parameters(drawn(seed, STRONG)));
    Answer without =
        continuation.answer(PROMPT, parameters(drawn(seed, Penalties.NONE)), List.of());
    assertNotEquals(without.ids(), whole.ids());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aStopStringAcrossTheCutIsFound(long seed) {
    SamplingParams sampling = drawn(seed, STRONG);
    String text = continuation.answer(PROMPT, parameters(sampling), List.of()).text();
    int middle = text.length() / 2;
    String stop = text.substring(middle, middle + 4);
    Answer whole = continuation.check(PROMPT, parameters(sampling, stop, "never there"));
    assertEquals(FinishReason.STOP, whole.reason());
    assertEquals(text.substring(0, text.indexOf(stop)), whole.text());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1})
  void penaltiesKeepTokensFromComingBackAlsoWhereNothingIsDrawn(double temperature) {
    var away = new SamplingParams(temperature, 1, 1, 5, new Penalties(2, 2));
    var back = new SamplingParams(temperature, 1, 1, 5, new Penalties(-2, -2));
    Answer varied = continuation.check(PROMPT, parameters(away));
    Answer repeated = continuation.check(PROMPT, parameters(back));
    assertTrue(distinct(varied) > distinct(repeated), varied + " " + repeated);
  }

  private static int distinct(Answer answer) {
    return new HashSet<>(answer.ids()).size();
  }
}
