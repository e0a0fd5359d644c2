package io.anyserve.worker.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Bytes;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SimulatedEngineTest {

  private static final TenantId ACME = new TenantId("acme");

  private long nanos;

  private Engine engine(Map<String, String> options) {
    return new SimulatedFactory(() -> nanos)
        .open(new EngineConfig("simulated", "words", 4, options))
        .load();
  }

  private static GenerationParameters parameters(int maxTokens, long seed, List<String> stop) {
    return new GenerationParameters(maxTokens, new SamplingParams(1, 1, 0, seed), stop, false);
  }

  private Answer answer(GenerationParameters parameters, String prompt, TokenIds written) {
    Engine engine = engine(Map.of());
    var answer = new Answer();
    engine.admit(new SequenceRequest(1, ACME, new Payload.Text(prompt), parameters, written));
    while (answer.reason == null) {
      engine.step(answer);
    }
    return answer;
  }

  private Answer answer(GenerationParameters parameters) {
    return answer(parameters, "a prompt", TokenIds.NONE);
  }

  @Test
  void theTextDependsOnPromptSeedAndNothingElse() {
    GenerationParameters seven = parameters(30, 7, List.of());
    String text = answer(seven).text();
    assertEquals(text, answer(seven).text());
    assertNotEquals(text, answer(parameters(30, 8, List.of())).text());
    assertNotEquals(text, answer(seven, "another prompt", TokenIds.NONE).text());
    assertEquals(30, text.split(" ").length);
  }

  @Test
  void whateverWasWrittenTheRestIsTheSame() {
    String stop = answer(parameters(40, 3, List.of())).text().substring(100, 110);
    GenerationParameters parameters = parameters(40, 3, List.of(stop, "never there"));
    Answer whole = answer(parameters);
    assertEquals(FinishReason.STOP, whole.reason);
    for (int cut = 0; cut <= whole.ids.size(); cut++) {
      int[] written = whole.ids.stream().limit(cut).mapToInt(id -> id).toArray();
      Answer rest = answer(parameters, "a prompt", TokenIds.of(written));
      String before = String.join("", whole.pieces.subList(0, cut));
      assertEquals(whole.text(), before + rest.text(), "cut at " + cut);
      assertEquals(whole.reason, rest.reason, "cut at " + cut);
    }
  }

  @Test
  void anAnswerEndsByItselfUnlessToldToGoOn() {
    Answer natural =
        answer(new GenerationParameters(1000, SamplingParams.GREEDY, List.of(), false));
    assertEquals(FinishReason.STOP, natural.reason);
    assertTrue(natural.ids.size() < 1000);
    Answer forced = answer(new GenerationParameters(1000, SamplingParams.GREEDY, List.of(), true));
    assertEquals(FinishReason.LENGTH, forced.reason);
    assertEquals(1000, forced.ids.size());
  }

  @Test
  void theContextLimitsTheAnswer() {
    Engine engine = engine(Map.of("context-length", "10"));
    var answer = new Answer();
    assertEquals(
        new Engine.Admission(3, 0),
        engine.admit(
            new SequenceRequest(
                1,
                ACME,
                new Payload.Text("one two three"),
                parameters(50, 1, List.of()),
                TokenIds.NONE)));
    while (answer.reason == null) {
      engine.step(answer);
    }
    assertEquals(7, answer.ids.size());
    assertEquals(FinishReason.LENGTH, answer.reason);
  }

  @Test
  void tokensComeAtTheirPace() {
    Engine engine = engine(Map.of("token-rate", "50", "prefill-ms", "100", "load-ms", "1000"));
    var answer = new Answer();
    engine.admit(
        new SequenceRequest(
            1, ACME, new Payload.Text("x"), parameters(50, 1, List.of()), TokenIds.NONE));
    assertEquals(1_100_000_000L, engine.nanosToNextStep());
    engine.step(answer);
    assertEquals(0, answer.ids.size());
    nanos += 1_100_000_000L;
    engine.step(answer);
    assertEquals(1, answer.ids.size());
    assertEquals(20_000_000L, engine.nanosToNextStep());
  }

  @Test
  void anEchoReturnsItsInputOnce() {
    Engine engine = engine(Map.of("echo", "true"));
    var input = new Bytes(ByteString.copyFrom(new byte[100]), "image/png");
    var answer = new Answer();
    assertEquals(1, engine.tokenize(input).size());
    engine.admit(new SequenceRequest(1, ACME, input, parameters(5, 1, List.of()), TokenIds.NONE));
    engine.step(answer);
    assertEquals(List.of(input), answer.payloads);
    assertEquals(FinishReason.STOP, answer.reason);
    var again = new Answer();
    engine.admit(new SequenceRequest(2, ACME, input, parameters(5, 1, List.of()), TokenIds.of(0)));
    engine.step(again);
    assertEquals(List.of(), again.payloads);
    assertEquals(FinishReason.STOP, again.reason);
  }

  @Test
  void anEchoHasNoLikelihoods() {
    Engine engine = engine(Map.of("echo", "true"));
    GenerationParameters asking = parameters(5, 1, List.of()).withLogprobs(0);
    var task = new SequenceRequest(1, ACME, new Payload.Text("x"), asking, TokenIds.NONE);
    var thrown = assertThrows(FailureException.class, () -> engine.admit(task));
    assertEquals(FailureCode.INVALID_REQUEST, thrown.failure().code());
  }

  @Test
  void aCancelledSequenceSaysNothingMore() {
    Engine engine = engine(Map.of());
    var answer = new Answer();
    IntStream.range(0, 4)
        .forEach(
            executionId ->
                engine.admit(
                    new SequenceRequest(
                        executionId,
                        ACME,
                        new Payload.Text("x"),
                        parameters(9, 1, List.of()),
                        TokenIds.NONE)));
    engine.cancel(2);
    engine.cancel(77);
    engine.step(answer);
    assertEquals(3, answer.ids.size());
  }

  @Test
  void allMistakesInTheOptionsAreNamed() {
    var settings =
        new EngineConfig(
            "simulated", "words", 4, Map.of("token-rate", "fast", "speed", "9", "prefill-ms", "-"));
    var mistake =
        assertThrows(
            IllegalArgumentException.class, () -> new SimulatedFactory(() -> nanos).open(settings));
    String message = String.valueOf(mistake.getMessage());
    assertTrue(message.contains("engine.token-rate: fast (expected: a number from 0 to 1000000)"));
    assertTrue(message.contains("engine.speed: unknown"));
    assertTrue(message.contains("engine.prefill-ms"));
  }

  /** Collects what one sequence says. */
  private static final class Answer implements StepListener {

    private final List<Integer> ids = new ArrayList<>();
    private final List<String> pieces = new ArrayList<>();
    private final List<Payload> payloads = new ArrayList<>();
    private @Nullable FinishReason reason;

    String text() {
      return String.join("", pieces);
    }

    @Override
    public void tokens(
        long executionId, TokenIds tokens, AnswerDelta piece, List<PositionLogprobs> logprobs) {
      tokens.stream().forEach(ids::add);
      pieces.add(piece.text());
    }

    @Override
    public void payload(long executionId, TokenIds tokens, Payload payload) {
      payloads.add(payload);
    }

    @Override
    public void ended(long executionId, FinishReason why) {
      reason = why;
    }

    @Override
    public void failed(long executionId, Failure failure) {
      throw new AssertionError(failure.toString());
    }
  }

  @Test
  void aPromptIsTokenizedWithoutASlotAndWithoutBeingRemembered() {
    Engine engine = engine(Map.of("prefix-cache", "64", "context-length", "40"));
    assertEquals(33, engine.tokenize(words(33)).size());
    assertEquals(new Engine.Admission(33, 0), admit(engine, 1, words(33)));
    assertEquals(50, engine.tokenize(words(50)).size());
  }

  @Test
  void wordsOfAnswersHaveTheirIdsInPromptsToo() {
    Engine engine = engine(Map.of());
    TokenIds tokens = engine.tokenize(new Payload.Text(" the\triver\n Rhine "));
    assertEquals(TokenIds.of(0, 8, 64), tokens);
    assertEquals("the river <unk>", engine.detokenize(tokens));
    var thrown = assertThrows(FailureException.class, () -> engine.detokenize(TokenIds.of(3, 65)));
    assertEquals("tokens: token 65 (expected: 0 to 64)", thrown.failure().message());
  }

  @Test
  void aPrefixThatIsCachedIsCountedAndNeedsNoPrefill() {
    Engine engine = engine(Map.of("prefix-cache", "64", "prefill-ms", "100", "token-rate", "1000"));
    assertEquals(new Engine.Admission(40, 0), admit(engine, 1, words(40)));
    assertEquals(100_000_000L, engine.nanosToNextStep());
    engine.cancel(1);
    assertEquals(new Engine.Admission(40, 32), admit(engine, 2, words(40)));
    assertEquals(20_000_000L, engine.nanosToNextStep());
  }

  private static Payload.Text words(int count) {
    return new Payload.Text("word ".repeat(count));
  }

  private static Engine.Admission admit(Engine engine, long executionId, Payload input) {
    return engine.admit(
        new SequenceRequest(executionId, ACME, input, parameters(5, 1, List.of()), TokenIds.NONE));
  }
}
