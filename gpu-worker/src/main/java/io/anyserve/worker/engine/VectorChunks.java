package io.anyserve.worker.engine;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.Embeddings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The vectors of one request. They come in any order and leave in that of the texts, in chunks that
 * every attempt cuts at the same places. Owned by the engine's thread.
 */
public final class VectorChunks {

  private final long executionId;
  private final int inputs;
  private final int perChunk;
  private final Map<Integer, Embedding> waiting = new HashMap<>();
  private int told;
  private int faulty = -1;

  /** Of an engine with these dimensions. */
  public VectorChunks(EmbeddingRequest task, int dimensions) {
    this.executionId = task.executionId();
    this.inputs = task.inputs().size();
    this.perChunk = Embeddings.perChunk(dimensions);
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
    waiting.put(input, Embedding.of(vector));
  }

  /**
   * Tells of every chunk that is complete, and of the end behind the last one. A vector that is not
   * finite ends the answer with a failure. True when the sequence is over and has left its slot.
   */
  public boolean passOn(StepListener listener) {
    if (faulty >= 0) {
      listener.failed(executionId, notFinite());
      return true;
    }
    for (int end = end(); told < end && isComplete(end); end = end()) {
      listener.payload(executionId, TokenIds.NONE, EmbeddingsCodec.write(chunk(end)));
      told = end;
    }
    if (told < inputs) {
      return false;
    }
    listener.ended(executionId, FinishReason.STOP);
    return true;
  }

  private Failure notFinite() {
    return new Failure(
        FailureCode.ENGINE_FAILED,
        "the vector of input " + faulty + " is not finite (expected: finite numbers)");
  }

  /** Of the next chunk. */
  private int end() {
    return Math.min(inputs, told + perChunk);
  }

  private boolean isComplete(int end) {
    return IntStream.range(told, end).allMatch(waiting::containsKey);
  }

  private Embeddings chunk(int end) {
    List<Embedding> vectors = new ArrayList<>(end - told);
    for (int input = told; input < end; input++) {
      vectors.add(Objects.requireNonNull(waiting.remove(input), "the chunk is complete"));
    }
    return new Embeddings(vectors);
  }
}
