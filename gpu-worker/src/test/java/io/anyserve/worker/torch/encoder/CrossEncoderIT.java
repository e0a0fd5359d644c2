package io.anyserve.worker.torch.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.worker.engine.EmbeddingRequest;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.torch.TorchFactory;
import io.anyserve.worker.torch.model.InvalidModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A model that scores a query and a document together, against what transformers computes. */
class CrossEncoderIT {

  private static final double ERROR = 1e-5;

  private @TempDir Path folder;

  @Test
  void scoresAreThoseOfTheReference() throws IOException {
    try (Engine engine = load(TinyBert.writeCross(folder))) {
      assertEquals(1, engine.description().embeddingDimensions());
      assertTrue(engine.description().answers().pairs());
      long execution = 0;
      for (JsonNode each : TinyBert.crossReference()) {
        List<EmbeddingInput> inputs =
            Stream.concat(
                    Stream.of(each.path("query").stringValue()),
                    TinyBert.strings(each.path("documents")).stream())
                .<EmbeddingInput>map(EmbeddingInput.OfText::new)
                .toList();
        var heard = new Scores();
        Engine.Admission admission =
            engine.embed(new EmbeddingRequest(++execution, inputs, 0, true));
        long tokens = each.path("tokens").valueStream().mapToLong(JsonNode::longValue).sum();
        assertEquals(tokens, admission.promptTokens());
        for (int step = 0; step < 50 && !heard.ended; step++) {
          engine.step(heard);
        }
        float[] expected = TinyBert.floats(each.path("scores"));
        assertEquals(expected.length, heard.scores.size());
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], heard.scores.get(i), ERROR, each.path("query") + ", " + i);
        }
      }
    }
  }

  @Test
  void whatIsNoPairIsRefusedByName() throws IOException {
    try (Engine engine = load(TinyBert.writeCross(folder))) {
      List<EmbeddingInput> texts = List.of(text("a"), text("b"));
      assertTrue(
          refusal(engine, new EmbeddingRequest(1, texts, 0)).message().contains("scores a query"));
      List<EmbeddingInput> tokens = List.of(text("a"), new EmbeddingInput.OfTokens(TokenIds.of(7)));
      assertEquals(
          "input 1: tokens (expected: text)",
          refusal(engine, new EmbeddingRequest(1, tokens, 0, true)).message());
      List<EmbeddingInput> two = List.of(text("a ".repeat(40)), text("b ".repeat(40)));
      Failure tooLong = refusal(engine, new EmbeddingRequest(1, two, 0, true));
      assertEquals(FailureCode.CONTEXT_LENGTH_EXCEEDED, tooLong.code());
      assertTrue(tooLong.message().startsWith("input 1 with the query: 83 tokens"));
    }
  }

  @Test
  void classesAreNoRelevance() throws IOException {
    TinyBert.writeCross(folder);
    TinyBert.edit(
        folder.resolve("config.json"), "\"0\": \"LABEL_0\"", "\"0\": \"no\", \"1\": \"yes\"");
    Exception refused = assertThrows(IllegalArgumentException.class, () -> load(folder));
    assertTrue(refused.getCause() instanceof InvalidModelException);
    assertTrue(String.valueOf(refused.getMessage()).contains("id2label"), refused::getMessage);
  }

  private static EmbeddingInput text(String text) {
    return new EmbeddingInput.OfText(text);
  }

  private static Failure refusal(Engine engine, EmbeddingRequest task) {
    return assertThrows(FailureException.class, () -> engine.embed(task)).failure();
  }

  private static Engine load(Path folder) {
    return new TorchFactory()
        .open(new EngineConfig("torch", folder.toString(), 3, Map.of("max-batch-tokens", "40")))
        .load();
  }

  private static final class Scores implements StepListener {

    private final List<Double> scores = new ArrayList<>();
    private boolean ended;

    @Override
    public void tokens(
        long executionId, TokenIds ids, AnswerDelta delta, List<PositionLogprobs> logprobs) {
      throw new AssertionError("a token (expected: scores)");
    }

    @Override
    public void payload(long executionId, TokenIds tokens, Payload payload) {
      for (Embedding score : EmbeddingsCodec.read(payload).vectors()) {
        scores.add((double) score.toArray()[0]);
      }
    }

    @Override
    public void ended(long executionId, FinishReason reason) {
      ended = true;
    }

    @Override
    public void failed(long executionId, Failure failure) {
      throw new AssertionError(failure.toString());
    }
  }
}
