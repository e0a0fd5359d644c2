package io.anyserve.contracts.embedding;

import io.anyserve.contracts.validation.Preconditions;
import java.util.List;

/** Vectors of the same length, in the order of the texts that they are of; at least one. */
public record Embeddings(List<Embedding> vectors) {

  public static final int MOST_DIMENSIONS = 8_192;

  /** Of one vector, with the most dimensions that there are, or of several. */
  private static final int CHUNK_BYTES = 32 << 10;

  public Embeddings {
    vectors = List.copyOf(vectors);
    Preconditions.that(!vectors.isEmpty(), "vectors", "none", "at least one");
    int dimensions = vectors.getFirst().dimensions();
    Preconditions.that(
        dimensions <= MOST_DIMENSIONS, "dimensions", dimensions, "at most " + MOST_DIMENSIONS);
    for (Embedding vector : vectors) {
      Preconditions.that(
          vector.dimensions() == dimensions, "dimensions", vector.dimensions(), "" + dimensions);
    }
  }

  public int dimensions() {
    return vectors.getFirst().dimensions();
  }

  /**
   * Vectors in each chunk of an answer but the last. The same for every attempt, so that the number
   * of chunks says which texts have their vector.
   */
  public static int perChunk(int dimensions) {
    return Math.max(1, CHUNK_BYTES / (Float.BYTES * dimensions));
  }
}
