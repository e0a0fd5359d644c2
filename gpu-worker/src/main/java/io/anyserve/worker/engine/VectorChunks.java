package io.anyserve.worker.engine;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.Embeddings;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of one request. They come in any order and leave in that of the texts, in chunks that
 * every attempt cuts at the same places. Owned by the engine's thread.
 */
public final class VectorChunks {

  private final long executionId;
  private final int perChunk;
  private final @Nullable Embedding[] vectors;
  private int told;
  private int faulty = -1;

  /** Of an engine with these dimensions. */
  public VectorChunks(EmbeddingRequest task, int dimensions) {
    this.executionId = task.executionId();
    this.perChunk = Embeddings.perChunk(dimensions);
    this.vectors = new @Nullable Embedding[task.inputs().size()];
    this.told = task.embedded();
  }

  /**
   * The vector of a text.
   *
   * @param input its index among all texts of the request
   */
  public void put(int input, float... vector) {
    for (float number : vector) {
      faulty = Float.isFinite(number) ? faulty : input;
    }
    vectors[input] = Embedding.of(vector);
  }

  /**
   * Tells of every chunk that is complete, and of the end behind the last one. A vector that is not
   * finite ends the answer with a failure. True when the sequence is over and has left its slot.
   */
  public boolean passOn(StepListener listener) {
    if (faulty >= 0) {
      listener.failed(
          executionId,
          new Failure(
              FailureCode.ENGINE_FAILED,
              "the vector of input " + faulty + " is not finite (expected: finite numbers)"));
      return true;
    }
    for (int end = end(); told < end && complete(end); end = end()) {
      listener.payload(executionId, TokenIds.NONE, EmbeddingsCodec.write(chunk(end)));
      told = end;
    }
    if (told < vectors.length) {
      return false;
    }
    listener.ended(executionId, FinishReason.STOP);
    return true;
  }

  /** Of the next chunk. */
  private int end() {
    return Math.min(vectors.length, told + perChunk);
  }

  private boolean complete(int end) {
    return Arrays.stream(vectors, told, end).allMatch(vector -> vector != null);
  }

  private Embeddings chunk(int end) {
    List<Embedding> next = Arrays.asList(vectors).subList(told, end);
    Embeddings chunk = new Embeddings(next);
    Arrays.fill(vectors, told, end, null);
    return chunk;
  }
}
