package io.anyserve.worker.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.engine.Continuation;
import io.anyserve.worker.engine.Continuation.Answer;
import io.anyserve.worker.engine.EngineConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulatedContinuationTest {

  private static final String PROMPT = "a prompt";
  private static final Penalties STRONG = new Penalties(1.5, 0.5);

  private final Continuation engine =
      new Continuation(
          new SimulatedFactory(() -> 0)
              .open(new EngineConfig("simulated", "words", 4, Map.of()))
              .load());

  private static GenerationParameters parameters(long seed, Penalties penalties, String... stops) {
    return new GenerationParameters(
        48, new SamplingParams(1, 1, 0, seed, penalties), List.of(stops), true);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, -4, Long.MAX_VALUE})
  void anAnswerGoesOnUnchanged(long seed) {
    Answer whole = engine.check(PROMPT, parameters(seed, Penalties.NONE));
    assertEquals(FinishReason.LENGTH, whole.reason());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, -4, Long.MAX_VALUE})
  void anAnswerWithPenaltiesGoesOnUnchanged(long seed) {
    Answer whole = engine.check(PROMPT, parameters(seed, STRONG));
    assertNotEquals(engine.check(PROMPT, parameters(seed, new Penalties(0, 0.1))), whole);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aStopStringAcrossTheCutIsFound(long seed) {
    String text = engine.answer(PROMPT, parameters(seed, STRONG), List.of()).text();
    String stop = text.substring(text.length() / 2, text.length() / 2 + 17);
    Answer whole = engine.check(PROMPT, parameters(seed, STRONG, stop, "never there"));
    assertEquals(FinishReason.STOP, whole.reason());
    assertEquals(text.substring(0, text.indexOf(stop)), whole.text());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void penaltiesKeepWordsFromComingBack(long seed) {
    assertEquals(48, new HashSet<>(words(seed, new Penalties(2, 2))).size());
    assertTrue(new HashSet<>(words(seed, new Penalties(-2, -2))).size() < 12);
  }

  private List<Integer> words(long seed, Penalties penalties) {
    return engine.answer(PROMPT, parameters(seed, penalties), List.of()).ids();
  }
}
