package io.anyserve.worker.engine;

import io.anyserve.contracts.embedding.EmbeddingInput;
import java.util.List;

/**
 * Texts to embed in one slot.
 *
 * @param executionId names them in all calls
 * @param inputs all texts of the request: their tokens count, whether they are still to be embedded
 *     or not
 * @param embedded how many of them, from the first on, have their vector from an earlier attempt or
 *     before a preemption; possibly all
 * @param ranked the first text is a query and the others are documents to be scored
 */
public record EmbeddingRequest(
    long executionId, List<EmbeddingInput> inputs, int embedded, boolean ranked) {

  public EmbeddingRequest {
    inputs = List.copyOf(inputs);
    if (embedded < 0 || embedded > inputs.size()) {
      throw new IllegalArgumentException(
          "embedded: " + embedded + " (expected: 0 to " + inputs.size() + ")");
    }
  }

  /** Of texts whose vectors are asked for. */
  public EmbeddingRequest(long executionId, List<EmbeddingInput> inputs, int embedded) {
    this(executionId, inputs, embedded, false);
  }
}
