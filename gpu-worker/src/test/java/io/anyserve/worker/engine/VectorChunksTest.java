package io.anyserve.worker.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VectorChunksTest {

  /** Two vectors a chunk. */
  private static final int DIMENSIONS = 4_096;

  private final RecordedVectors heard = new RecordedVectors();

  private static VectorChunks chunks(int inputs, int embedded) {
    List<EmbeddingInput> texts = Collections.nCopies(inputs, new OfText("x"));
    return new VectorChunks(new EmbeddingRequest(7, texts, embedded), DIMENSIONS);
  }

  /** Begins with that number. */
  private static float[] vector(float first) {
    float[] vector = new float[DIMENSIONS];
    vector[0] = first;
    return vector;
  }

  @Test
  void vectorsLeaveInOrderInWholeChunks() {
    VectorChunks chunks = chunks(5, 0);
    chunks.put(1, vector(1));
    chunks.put(4, vector(4));
    chunks.put(2, vector(2));
    assertFalse(chunks.passOn(heard));
    assertEquals(List.of(), heard.chunks());
    chunks.put(0, vector(0));
    assertFalse(chunks.passOn(heard));
    assertEquals(List.of(2), heard.chunks());
    chunks.put(3, vector(3));
    assertTrue(chunks.passOn(heard));
    assertEquals(List.of(2, 2, 1), heard.chunks());
    assertEquals(List.of(0f, 1f, 2f, 3f, 4f), heard.firstNumbers());
    assertTrue(heard.hasEnded());
  }

  @Test
  void whatAnEarlierAttemptWroteIsNotWrittenAgain() {
    VectorChunks chunks = chunks(5, 2);
    chunks.put(2, vector(2));
    chunks.put(3, vector(3));
    chunks.put(4, vector(4));
    assertTrue(chunks.passOn(heard));
    assertEquals(List.of(2f, 3f, 4f), heard.firstNumbers());
  }

  @Test
  void onlyTheEndIsMissing() {
    assertTrue(chunks(3, 3).passOn(heard));
    assertEquals(List.of(), heard.chunks());
    assertTrue(heard.hasEnded());
  }

  @Test
  void aVectorThatIsNotFiniteEndsTheAnswer() {
    VectorChunks chunks = chunks(2, 0);
    chunks.put(0, vector(1));
    chunks.put(1, vector(Float.NaN));
    assertTrue(chunks.passOn(heard));
    assertEquals(
        List.of("the vector of input 1 is not finite (expected: finite numbers)"),
        heard.failures());
    assertFalse(heard.hasEnded());
  }
}
