package io.anyserve.worker.torch.encoder;

import static io.anyserve.worker.torch.encoder.VectorDistance.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.worker.engine.EmbeddingRequest;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.torch.TorchFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class EncoderEngineIT {

  private static final int SLOTS = 3;

  private @TempDir Path folder;
  private final RecordingListener heard = new RecordingListener();
  private Engine engine;

  @BeforeEach
  void load() throws IOException {
    engine = load(TinyBert.write(folder), Map.of("max-batch-tokens", "40"));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void describesItself() {
    Engine.Description before = new TorchFactory().open(config(folder, Map.of())).description();
    assertEquals(
        new Engine.Description(
            "torch",
            folder.getFileName().toString(),
            SLOTS,
            TinyBert.LONGEST,
            TinyBert.HIDDEN,
            Engine.Numerics.NONE),
        before);
    assertEquals(before.embeddingDimensions(), engine.description().embeddingDimensions());
    assertEquals(before.contextLength(), engine.description().contextLength());
    assertEquals("f32", engine.description().numerics().precision());
  }

  @Test
  void vectorsAreThoseOfTheReferenceInTheOrderOfTheTexts() throws IOException {
    JsonNode reference = TinyBert.reference();
    List<EmbeddingInput> inputs = new ArrayList<>();
    List<float[]> expected = new ArrayList<>();
    for (int i = 0; i < reference.path("texts").size(); i++) {
      String text = reference.path("texts").get(i).stringValue();
      if (!text.isEmpty()) {
        inputs.add(new EmbeddingInput.OfText(text));
        expected.add(TinyBert.floats(reference.path("vectors").path("mean_normalised").get(i)));
      }
    }
    Engine.Admission admission = engine.embed(new EmbeddingRequest(1, inputs, 0));
    int tokens = inputs.stream().mapToInt(input -> tokens(input).size()).sum();
    assertEquals(new Engine.Admission(tokens, 0), admission);
    runUntilEnded(1);
    List<float[]> vectors = heard.vectors(1);
    assertEquals(expected.size(), vectors.size());
    for (int i = 0; i < vectors.size(); i++) {
      assertNear(expected.get(i), vectors.get(i), 1e-5, "input " + i);
    }
  }

  @Test
  void tokensAreTakenAsTheyAre() {
    EmbeddingInput text = new EmbeddingInput.OfText("the cat");
    engine.embed(request(1, text));
    engine.embed(request(2, new EmbeddingInput.OfTokens(tokens(text))));
    assertEquals(
        1, engine.embed(request(3, new EmbeddingInput.OfTokens(TokenIds.of(7)))).promptTokens());
    runUntilEnded(1, 2, 3);
    assertNear(heard.vectors(1).getFirst(), heard.vectors(2).getFirst(), 1e-6, "tokens");
  }

  @Test
  void whoSharesAStepChangesNoVector() {
    List<EmbeddingInput> inputs =
        IntStream.rangeClosed(1, 40).mapToObj(words -> text("dog ".repeat(words))).toList();
    for (int i = 0; i < inputs.size(); i++) {
      engine.embed(request(100 + i, inputs.get(i)));
      runUntilEnded(100 + i);
    }
    engine.embed(new EmbeddingRequest(1, inputs, 0));
    engine.embed(new EmbeddingRequest(2, inputs.reversed(), 0));
    engine.embed(request(3, text("a")));
    runUntilEnded(1, 2, 3);
    for (int i = 0; i < inputs.size(); i++) {
      float[] alone = heard.vectors(100 + i).getFirst();
      assertNear(alone, heard.vectors(1).get(i), 1e-5, "forwards, input " + i);
      assertNear(alone, heard.vectors(2).reversed().get(i), 1e-5, "backwards, input " + i);
    }
  }

  @Test
  void goesOnWhereAnEarlierAttemptStopped() {
    int chunk = Embeddings.perChunk(TinyBert.HIDDEN);
    List<EmbeddingInput> inputs =
        IntStream.range(0, chunk + 20).mapToObj(i -> text("cat " + i)).toList();
    long tokens = engine.embed(new EmbeddingRequest(1, inputs, 0)).promptTokens();
    runUntilEnded(1);
    assertEquals(tokens, engine.embed(new EmbeddingRequest(2, inputs, chunk)).promptTokens());
    assertEquals(
        tokens, engine.embed(new EmbeddingRequest(3, inputs, inputs.size())).promptTokens());
    runUntilEnded(2, 3);
    assertEquals(List.of(chunk, 20), heard.chunks(1));
    assertEquals(List.of(20), heard.chunks(2));
    assertEquals(List.of(), heard.chunks(3));
    for (int i = 0; i < 20; i++) {
      assertNear(heard.vectors(1).get(chunk + i), heard.vectors(2).get(i), 1e-5, "input " + i);
    }
  }

  @Test
  void aCancelledRequestGivesItsSlotAtOnce() {
    List<EmbeddingInput> many = Collections.nCopies(30, text("the cat walks"));
    for (long executionId = 1; executionId <= 10; executionId++) {
      engine.embed(new EmbeddingRequest(executionId, many, 0));
      engine.step(heard);
      engine.cancel(executionId);
      engine.cancel(executionId + 100);
    }
    for (long executionId = 11; executionId <= 13; executionId++) {
      engine.embed(request(executionId, text("a")));
    }
    assertThrows(IllegalStateException.class, () -> engine.embed(request(14, text("a"))));
    runUntilEnded(11, 12, 13);
    assertEquals(new TreeSet<>(List.of(11L, 12L, 13L)), new TreeSet<>(heard.ended.keySet()));
    assertEquals(List.of(), heard.chunks(1));
  }

  @Test
  void aVectorThatIsNotFiniteFailsItsRequestAlone() throws IOException {
    TokenIds cat = tokens(text("cat"));
    engine.close();
    TinyBert.poison(folder, cat.get(1));
    engine = load(folder, Map.of());
    engine.embed(request(1, text("dog"), text("dog")));
    engine.embed(request(2, text("dog"), text("the cat")));
    engine.embed(request(3, text("river")));
    runUntilEnded(1, 3);
    assertEquals(2, heard.vectors(1).size());
    assertEquals(1, heard.vectors(3).size());
    assertEquals(FailureCode.ENGINE_FAILED, heard.failure(2).code());
    assertFalse(heard.ended.containsKey(2L));
    engine.embed(request(4, text("a")));
    engine.embed(request(5, text("b")));
    engine.embed(request(6, text("c")));
    runUntilEnded(4, 5, 6);
  }

  @Test
  void refusesWhatItCannotEmbed() {
    assertRefused(
        FailureCode.CONTEXT_LENGTH_EXCEEDED,
        "input 1: 65 tokens (expected: at most 64)",
        text("a"),
        text("a ".repeat(63)));
    assertRefused(
        FailureCode.CONTEXT_LENGTH_EXCEEDED,
        "input 0: 6401 characters (expected: at most 6400)",
        text("a".repeat(6401)));
    assertRefused(
        FailureCode.CONTEXT_LENGTH_EXCEEDED,
        "input 0: 65 tokens (expected: at most 64)",
        new EmbeddingInput.OfTokens(TokenIds.of(new int[65])));
    assertRefused(
        FailureCode.INVALID_REQUEST,
        "input 1: token 192 (expected: 0 to 191)",
        text("a"),
        new EmbeddingInput.OfTokens(TokenIds.of(5, 192)));
    engine.embed(request(1, text("a ".repeat(62))));
    runUntilEnded(1);
  }

  @Test
  void aShorterContextMayBeAskedFor() throws IOException {
    engine.close();
    engine = load(folder, Map.of("context-length", "5"));
    assertEquals(5, engine.description().contextLength());
    assertRefused(
        FailureCode.CONTEXT_LENGTH_EXCEEDED, "6 tokens (expected: at most 5)", text("a a a a"));
  }

  @Test
  void tokenizesAndDetokenizes() {
    TokenIds tokens = engine.tokenize(new Payload.Text("The cat is WALKING."));
    assertEquals("[CLS] the cat is walking. [SEP]", engine.detokenize(tokens));
    var data = new Payload.Bytes(ByteString.copyFromUtf8("The cat is WALKING."), "text/plain");
    assertEquals(tokens, engine.tokenize(data));
    assertEquals(4 * 64, engine.tokenize(new Payload.Text("a ".repeat(4 * 64 - 2))).size());
    var longer = new Payload.Text("a ".repeat(4 * 64 - 1));
    assertEquals(
        FailureCode.CONTEXT_LENGTH_EXCEEDED, refusal(() -> engine.tokenize(longer)).code());
    var chat = new Payload.Chat(List.of(new ChatMessage("user", "a")));
    assertEquals(
        "input: a conversation (expected: text)", refusal(() -> engine.tokenize(chat)).message());
    assertEquals(
        "tokens: token 192 (expected: 0 to 191)",
        refusal(() -> engine.detokenize(TokenIds.of(192))).message());
  }

  private static Engine load(Path folder, Map<String, String> options) {
    return new TorchFactory().open(config(folder, options)).load();
  }

  private static EngineConfig config(Path folder, Map<String, String> options) {
    return new EngineConfig("torch", folder.toString(), SLOTS, options);
  }

  private static EmbeddingInput text(String text) {
    return new EmbeddingInput.OfText(text);
  }

  private static EmbeddingRequest request(long executionId, EmbeddingInput... inputs) {
    return new EmbeddingRequest(executionId, List.of(inputs), 0);
  }

  private TokenIds tokens(EmbeddingInput input) {
    return switch (input) {
      case EmbeddingInput.OfText(String text) -> engine.tokenize(new Payload.Text(text));
      case EmbeddingInput.OfTokens(TokenIds tokens) -> tokens;
    };
  }

  private void assertRefused(FailureCode code, String message, EmbeddingInput... inputs) {
    Failure failure = refusal(() -> engine.embed(request(9, inputs)));
    assertEquals(code, failure.code());
    assertTrue(failure.message().contains(message), failure.message());
  }

  private static Failure refusal(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(FailureException.class, call).failure();
  }

  private void runUntilEnded(long... executions) {
    for (int step = 0; step < 500; step++) {
      if (IntStream.range(0, executions.length)
          .allMatch(i -> heard.ended.containsKey(executions[i]))) {
        return;
      }
      engine.step(heard);
    }
    throw new AssertionError("not ended after 500 steps: " + heard.ended);
  }

  /** Keeps what the engine said, execution by execution. */
  private static final class RecordingListener implements StepListener {

    private final Map<Long, List<Embeddings>> chunks = new HashMap<>();
    private final Map<Long, FinishReason> ended = new HashMap<>();
    private final Map<Long, Failure> failed = new HashMap<>();

    List<float[]> vectors(long executionId) {
      return chunks.getOrDefault(executionId, List.of()).stream()
          .flatMap(chunk -> chunk.vectors().stream())
          .map(Embedding::toArray)
          .toList();
    }

    /** How many vectors each has. */
    List<Integer> chunks(long executionId) {
      return chunks.getOrDefault(executionId, List.of()).stream()
          .map(chunk -> chunk.vectors().size())
          .toList();
    }

    Failure failure(long executionId) {
      return Objects.requireNonNull(failed.get(executionId), "not failed");
    }

    @Override
    public void tokens(
        long executionId, TokenIds ids, AnswerDelta piece, List<PositionLogprobs> logprobs) {
      throw new AssertionError("text: " + piece);
    }

    @Override
    public void payload(long executionId, TokenIds ids, Payload payload) {
      assertEquals(TokenIds.NONE, ids);
      chunks
          .computeIfAbsent(executionId, unseen -> new ArrayList<>())
          .add(EmbeddingsCodec.read(payload));
    }

    @Override
    public void ended(long executionId, FinishReason reason) {
      assertEquals(FinishReason.STOP, reason);
      ended.put(executionId, reason);
    }

    @Override
    public void failed(long executionId, Failure failure) {
      failed.put(executionId, failure);
    }
  }
}
