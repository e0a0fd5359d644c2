package io.anyserve.worker.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInput.OfTokens;
import io.anyserve.worker.engine.EmbeddingRequest;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.RecordedVectors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SimulatedEncoderTest {

  private static final int DIMENSIONS = 384;

  private long nanos;

  private Engine engine(Map<String, String> more) {
    var options = new HashMap<>(more);
    options.put("embedding-dimensions", String.valueOf(DIMENSIONS));
    return new SimulatedFactory(() -> nanos)
        .open(new EngineConfig("simulated", "words", 2, options))
        .load();
  }

  private List<Embedding> embed(EmbeddingInput... inputs) {
    Engine engine = engine(Map.of());
    var answer = new RecordedVectors();
    engine.embed(new EmbeddingRequest(1, List.of(inputs), 0));
    while (!answer.hasEnded()) {
      engine.step(answer);
    }
    return answer.vectors();
  }

  private static double product(Embedding one, Embedding other) {
    float[] a = one.toArray();
    float[] b = other.toArray();
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * (double) b[i]).sum();
  }

  @Test
  void theSameTextHasTheSameVectorOfLengthOneWhereverItStands() {
    List<Embedding> vectors =
        embed(new OfText("a quiet river"), new OfText("noise"), new OfText("a quiet river"));
    assertEquals(DIMENSIONS, vectors.getFirst().dimensions());
    assertEquals(vectors.get(0), vectors.get(2));
    assertEquals(vectors.get(0), embed(new OfText("a quiet river")).getFirst());
    vectors.forEach(vector -> assertEquals(1, product(vector, vector), 1e-5));
  }

  @Test
  void textsThatShareWordsAreNear() {
    List<Embedding> vectors =
        embed(
            new OfText("the quiet river sings"),
            new OfText("the quiet river waits"),
            new OfText("invoices await payment today"));
    assertEquals(0.75, product(vectors.get(0), vectors.get(1)), 0.2);
    assertEquals(0, product(vectors.get(0), vectors.get(2)), 0.3);
  }

  @Test
  void tokensHaveTheVectorOfTheirWords() {
    assertEquals(embed(new OfText("the river")), embed(new OfTokens(TokenIds.of(0, 8))));
  }

  @Test
  void aTextWithoutWordsIsOneTokenAndHasAVector() {
    Engine engine = engine(Map.of());
    var blank = new EmbeddingRequest(1, List.of(new OfText(" "), new OfText("the old king")), 0);
    assertEquals(4, engine.embed(blank).promptTokens());
    assertEquals(
        1, product(embed(new OfText(" ")).getFirst(), embed(new OfText("\n")).getFirst()), 1e-5);
  }

  @Test
  void whatIsEmbeddedAlreadyCountsAndIsNotToldAgain() {
    Engine engine = engine(Map.of());
    var answer = new RecordedVectors();
    List<EmbeddingInput> texts = List.of(new OfText("one"), new OfText("two words"));
    assertEquals(3, engine.embed(new EmbeddingRequest(1, texts, 1)).promptTokens());
    engine.step(answer);
    assertEquals(embed(new OfText("two words")), answer.vectors());
    assertTrue(answer.hasEnded());
  }

  @Test
  void theTokenRatePacesTheTexts() {
    Engine engine = engine(Map.of("token-rate", "10", "prefill-ms", "300"));
    var answer = new RecordedVectors();
    List<EmbeddingInput> texts =
        IntStream.range(0, 30).<EmbeddingInput>mapToObj(i -> new OfText("one two")).toList();
    engine.embed(new EmbeddingRequest(1, texts, 0));
    engine.step(answer);
    assertEquals(0, answer.vectors().size());
    assertEquals(300_000_000L, engine.nanosToNextStep());
    nanos = 300_000_000L;
    engine.step(answer);
    assertEquals(21, answer.vectors().size());
    assertEquals(4_200_000_000L, engine.nanosToNextStep());
    nanos = 4_500_000_000L;
    engine.step(answer);
    assertEquals(30, answer.vectors().size());
    assertTrue(answer.hasEnded());
  }

  @Test
  void aCancelFreesTheSlot() {
    Engine engine = engine(Map.of());
    var answer = new RecordedVectors();
    engine.embed(new EmbeddingRequest(1, List.of(new OfText("one")), 0));
    engine.embed(new EmbeddingRequest(2, List.of(new OfText("two")), 0));
    var third = new EmbeddingRequest(3, List.of(new OfText("three")), 0);
    assertThrows(IllegalStateException.class, () -> engine.embed(third));
    engine.cancel(1);
    engine.embed(third);
    engine.step(answer);
    assertEquals(embed(new OfText("two"), new OfText("three")), answer.vectors());
  }

  @Test
  void whatTheModelCannotReadIsRefused() {
    Engine engine = engine(Map.of("context-length", "2"));
    assertEquals(
        "inputs[1]: 3 tokens (expected: at most 2)",
        refusal(
            engine, FailureCode.CONTEXT_LENGTH_EXCEEDED, new OfText("a b"), new OfText("a b c")));
    assertEquals(
        "inputs[0]: token 65 (expected: 0 to 64)",
        refusal(engine, FailureCode.INVALID_REQUEST, new OfTokens(TokenIds.of(65))));
    var answer = new RecordedVectors();
    engine.step(answer);
    assertFalse(answer.hasEnded(), "nothing is occupied");
  }

  private static String refusal(Engine engine, FailureCode code, EmbeddingInput... inputs) {
    var task = new EmbeddingRequest(1, List.of(inputs), 0);
    FailureException refused = assertThrows(FailureException.class, () -> engine.embed(task));
    assertEquals(code, refused.failure().code());
    return refused.failure().message();
  }

  @Test
  void itKnowsItsTokens() {
    Engine engine = engine(Map.of());
    assertEquals(TokenIds.of(0, 8), engine.tokenize(new Payload.Text("the river")));
    assertEquals("the river", engine.detokenize(TokenIds.of(0, 8)));
  }

  @Test
  void anEngineThatEchoesDoesNotEmbed() {
    assertEquals(
        "engine.embedding-dimensions: 8 (expected: 0, as the engine echoes)",
        assertThrows(
                IllegalArgumentException.class,
                () -> SimulatedConfig.of(Map.of("echo", "true", "embedding-dimensions", "8")))
            .getMessage());
  }
}
