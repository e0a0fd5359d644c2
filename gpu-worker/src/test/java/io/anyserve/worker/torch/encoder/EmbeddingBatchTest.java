package io.anyserve.worker.torch.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.engine.EngineException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EmbeddingBatchTest {

  /** A model that chokes on it is the fake's. */
  private static final int POISON = 666;

  private final List<List<String>> steps = new ArrayList<>();
  private final EmbeddingBatch batch = new EmbeddingBatch(this::embed, 10);
  private final Recorder heard = new Recorder();

  /** A vector has the first token and the length of its text. */
  private List<float[]> embed(List<int[]> texts) {
    steps.add(texts.stream().map(text -> text[0] + "x" + text.length).toList());
    if (texts.stream().anyMatch(text -> text[0] == POISON)) {
      throw new EngineException("poison");
    }
    return texts.stream().map(text -> new float[] {text[0], text.length}).toList();
  }

  @Test
  void aStepTakesSoManyTokensAndNoMore() {
    batch.add(1, texts(11, 4, 12, 4, 13, 2, 14, 1), 0);
    batch.step(heard);
    batch.step(heard);
    batch.step(heard);
    assertEquals(List.of(List.of("11x4", "12x4", "13x2"), List.of("14x1")), steps);
    assertEquals(List.of("1 from 0: 11 12 13", "1 from 3: 14"), heard.lines);
    assertEquals(0, batch.size());
  }

  @Test
  void aTextBeyondThatIsAStepOfItsOwn() {
    batch.add(1, texts(11, 30, 12, 1), 0);
    batch.add(2, texts(21, 11), 0);
    for (int step = 0; step < 4; step++) {
      batch.step(heard);
    }
    assertEquals(List.of(List.of("11x30"), List.of("21x11"), List.of("12x1")), steps);
    assertEquals(List.of("1 from 0: 11", "2 from 0: 21", "1 from 1: 12"), heard.lines);
  }

  @Test
  void requestsTakeTurnsTextByText() {
    batch.add(1, texts(11, 2, 12, 2, 13, 2, 14, 2, 15, 2, 16, 2, 17, 2), 0);
    batch.add(2, texts(21, 2), 0);
    batch.add(3, texts(31, 2, 32, 2), 0);
    batch.step(heard);
    assertEquals(List.of(List.of("11x2", "12x2", "21x2", "31x2", "32x2")), steps);
    assertEquals(List.of("1 from 0: 11 12", "2 from 0: 21", "3 from 0: 31 32"), heard.lines);
    batch.step(heard);
    assertEquals("1 from 2: 13 14 15 16 17", heard.lines.getLast());
  }

  @Test
  void whoGotNothingComesFirstInTheNextStep() {
    batch.add(1, texts(11, 9, 12, 9), 0);
    batch.add(2, texts(21, 9, 22, 9), 0);
    batch.add(3, texts(31, 9), 0);
    for (int step = 0; step < 5; step++) {
      batch.step(heard);
    }
    assertEquals(
        List.of("1 from 0: 11", "2 from 0: 21", "3 from 0: 31", "1 from 1: 12", "2 from 1: 22"),
        heard.lines);
  }

  @Test
  void aRequestGoesOnBehindItsFirstTexts() {
    batch.add(1, texts(11, 2, 12, 2, 13, 2), 2);
    batch.add(2, texts(21, 2, 22, 2), 2);
    batch.step(heard);
    assertEquals(List.of(List.of("13x2")), steps);
    assertEquals(List.of("1 from 2: 13", "2 from 2:"), heard.lines);
    batch.add(3, texts(31, 2), 1);
    batch.step(heard);
    assertEquals("3 from 1:", heard.lines.getLast());
    assertEquals(1, steps.size());
    assertEquals(0, batch.size());
  }

  @Test
  void aCancelledRequestIsNotEmbeddedAnyMore() {
    batch.add(1, texts(11, 6, 12, 6), 0);
    batch.add(2, texts(21, 4, 22, 4), 0);
    batch.step(heard);
    batch.remove(1);
    batch.remove(7);
    batch.step(heard);
    assertEquals(List.of("1 from 0: 11", "2 from 0: 21", "2 from 1: 22"), heard.lines);
    assertEquals(List.of("22x4"), steps.getLast());
  }

  @Test
  void aRequestCancelledDuringAStepHearsNoMore() {
    batch.add(1, texts(11, 2), 0);
    batch.add(2, texts(21, 2), 0);
    heard.cancels = 2;
    batch.step(heard);
    assertEquals(List.of("1 from 0: 11"), heard.lines);
    assertEquals(0, batch.size());
  }

  @Test
  void aRequestThatLibtorchRefusesFailsAlone() {
    batch.add(1, texts(11, 2, 12, 2), 0);
    batch.add(2, texts(POISON, 2), 0);
    batch.add(3, texts(31, 2), 0);
    batch.step(heard);
    assertEquals(List.of("1 from 0: 11 12", "2: poison", "3 from 0: 31"), heard.lines);
    assertEquals(0, batch.size());
  }

  @Test
  void otherFaultsAreTheEngines() {
    var broken =
        new EmbeddingBatch(
            texts -> {
              throw new IllegalStateException("broken");
            },
            10);
    broken.add(1, texts(11, 2), 0);
    assertThrows(IllegalStateException.class, () -> broken.step(heard));
  }

  /** Pairs of first token and length. */
  private static List<int[]> texts(int... pairs) {
    return IntStream.range(0, pairs.length / 2)
        .mapToObj(
            i -> {
              int[] text = new int[pairs[2 * i + 1]];
              Arrays.fill(text, pairs[2 * i]);
              return text;
            })
        .toList();
  }

  private final class Recorder implements EmbeddingBatch.Listener {

    private final List<String> lines = new ArrayList<>();
    private long cancels;

    @Override
    public void vectors(long executionId, int first, List<float[]> vectors) {
      StringBuilder line = new StringBuilder(executionId + " from " + first + ":");
      vectors.forEach(vector -> line.append(' ').append((int) vector[0]));
      lines.add(line.toString());
      batch.remove(cancels);
    }

    @Override
    public void failed(long executionId, EngineException reason) {
      lines.add(executionId + ": " + reason.getMessage());
    }
  }
}
