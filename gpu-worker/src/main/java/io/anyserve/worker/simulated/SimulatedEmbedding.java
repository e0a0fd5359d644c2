package io.anyserve.worker.simulated;

import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.worker.engine.EmbeddingRequest;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.engine.VectorChunks;
import java.util.List;
import java.util.stream.Collectors;

/** The texts of one request, of which each step embeds a chunk. Owned by the engine's thread. */
final class SimulatedEmbedding {

  private final EmbeddingRequest task;
  private final List<List<String>> texts;
  private final WordVectors vectors;
  private final VectorChunks chunks;
  private final String prompt;
  private int embedded;
  private long dueAt;

  /**
   * @param texts the words of each input
   */
  SimulatedEmbedding(
      EmbeddingRequest task, List<List<String>> texts, WordVectors vectors, long dueAt) {
    this.task = task;
    this.texts = texts;
    this.vectors = vectors;
    this.chunks = new VectorChunks(task, vectors.dimensions());
    this.prompt = texts.stream().flatMap(List::stream).collect(Collectors.joining(" "));
    this.embedded = task.embedded();
    this.dueAt = dueAt;
  }

  /** Of a text with these words. */
  static long tokens(List<String> words) {
    return Math.max(1, words.size());
  }

  long executionId() {
    return task.executionId();
  }

  /** All words. */
  String prompt() {
    return prompt;
  }

  /** Texts that have their vector, those of earlier attempts included. */
  int embedded() {
    return embedded;
  }

  long dueAt() {
    return dueAt;
  }

  /** Embeds the next chunk and says when the one after it is due. True when the answer is over. */
  boolean advance(StepListener listener, double nanosPerToken) {
    int end = Math.min(texts.size(), embedded + Embeddings.perChunk(vectors.dimensions()));
    for (; embedded < end; embedded++) {
      List<String> words = texts.get(embedded);
      chunks.put(embedded, vectors.of(words));
      dueAt += (long) (nanosPerToken * tokens(words));
    }
    return chunks.passOn(listener);
  }
}
