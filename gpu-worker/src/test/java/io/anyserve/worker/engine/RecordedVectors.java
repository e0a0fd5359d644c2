package io.anyserve.worker.engine;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.contracts.sampling.PositionLogprobs;
import java.util.ArrayList;
import java.util.List;

/** Keeps the vectors that an engine tells of. */
public final class RecordedVectors implements StepListener {

  private final List<Embeddings> chunks = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private boolean ended;

  @Override
  public void tokens(
      long executionId, TokenIds tokens, AnswerDelta piece, List<PositionLogprobs> logprobs) {
    throw new AssertionError("text: " + piece);
  }

  @Override
  public void payload(long executionId, TokenIds tokens, Payload payload) {
    if (tokens.size() > 0) {
      throw new AssertionError("tokens: " + tokens);
    }
    chunks.add(EmbeddingsCodec.read(payload));
  }

  @Override
  public void ended(long executionId, FinishReason reason) {
    ended = true;
  }

  @Override
  public void failed(long executionId, Failure failure) {
    failures.add(failure.message());
  }

  /** How many vectors each has. */
  List<Integer> chunks() {
    return chunks.stream().map(chunk -> chunk.vectors().size()).toList();
  }

  public List<Embedding> vectors() {
    return chunks.stream().flatMap(chunk -> chunk.vectors().stream()).toList();
  }

  List<Float> firstNumbers() {
    return vectors().stream().map(vector -> vector.toArray()[0]).toList();
  }

  public boolean hasEnded() {
    return ended;
  }

  List<String> failures() {
    return failures;
  }
}
