package io.anyserve.worker.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.TokenLogprob;
import io.anyserve.worker.engine.Continuation;
import io.anyserve.worker.engine.Continuation.Answer;
import io.anyserve.worker.engine.EngineConfig;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void likelihoodsAreThoseOfOneDistributionAndChangeNoWord(long seed) {
    GenerationParameters plain = parameters(seed, Penalties.NONE);
    Answer whole = engine.check(PROMPT, plain.withLogprobs(20));
    assertEquals(engine.answer(PROMPT, plain, List.of()).ids(), whole.ids());
    int offset = 0;
    for (List<PositionLogprobs> one : whole.logprobs()) {
      PositionLogprobs told = one.getFirst();
      assertEquals(told.chosen(), told.top().getFirst());
      assertEquals(20, told.top().stream().map(TokenLogprob::token).distinct().count());
      double mass = told.top().stream().mapToDouble(each -> Math.exp(each.logprob())).sum();
      assertTrue(mass > 0.3 && mass < 1, () -> "mass of the best 20: " + mass);
      assertEquals(offset, told.textOffset());
      offset += told.chosen().piece().size();
    }
    assertEquals(whole.text().length(), offset);
  }

  @Test
  void everyWordHasAProbability() {
    double[] all = SimulatedText.of(PROMPT, 7).logprobs(3);
    assertEquals(SimulatedText.words(), all.length);
    assertEquals(1, Arrays.stream(all).map(Math::exp).sum(), 1e-12);
  }

  @Test
  void aBiasForcesAndBansWords() {
    GenerationParameters plain = parameters(5, Penalties.NONE);
    List<Integer> free = engine.answer(PROMPT, plain, List.of()).ids();
    Answer forced = engine.check(PROMPT, plain.with(LogitBias.of(Map.of(3, 100.0))));
    assertEquals(Collections.nCopies(48, 3), forced.ids());
    int first = free.getFirst();
    Answer banned = engine.check(PROMPT, plain.with(LogitBias.of(Map.of(first, -100.0))));
    assertFalse(banned.ids().contains(first));
    GenerationParameters unknown = plain.with(LogitBias.of(Map.of(64, 1.0)));
    var refused =
        assertThrows(FailureException.class, () -> engine.answer(PROMPT, unknown, List.of()));
    assertEquals("logit_bias: token 64 (expected: 0 to 63)", refused.failure().message());
  }

  private List<Integer> words(long seed, Penalties penalties) {
    return engine.answer(PROMPT, parameters(seed, penalties), List.of()).ids();
  }
}
