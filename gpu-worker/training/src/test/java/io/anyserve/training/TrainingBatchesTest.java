package io.anyserve.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TrainingBatchesTest {

  private static final String CHAT =
      "<|im_start|>user\nab<|im_end|>\n<|im_start|>assistant\ncd<|im_end|>\n<|endoftext|>";

  private final BytePairEncoding encoding = new BytePairEncoding(List.of());

  @Test
  void rowsStartWithADocument() {
    Batch batch = windows("xyz<|endoftext|>").next(3, 6);
    for (int row = 0; row < 3; row++) {
      assertEquals('x', batch.inputs()[row * 6]);
      assertEquals(encoding.endOfText(), batch.inputs()[row * 6 + 3]);
      assertEquals('x', batch.inputs()[row * 6 + 4]);
    }
  }

  @Test
  void targetsAreTheNextInputs() {
    Batch batch = windows("The end.<|endoftext|>").next(2, 20);
    for (int i = 0; i < 19; i++) {
      assertEquals(batch.inputs()[i + 1], batch.targets()[i]);
    }
  }

  @Test
  void onlyTheAssistantIsLearned() {
    int[] ids = encoding.encode(CHAT);
    boolean[] learned = windows(CHAT).learned(ids);
    var said = new StringBuilder();
    for (int i = 1; i < ids.length; i++) {
      said.append(learned[i] ? encoding.decode(ids[i]) : "");
    }
    assertEquals("cd<|im_end|><|endoftext|>", said.toString());
  }

  @Test
  void aStoryAfterAChatIsLearnedAgain() {
    int[] ids = encoding.encode(CHAT + "story");
    boolean[] learned = windows(CHAT).learned(ids);
    assertTrue(learned[ids.length - 1]);
    assertFalse(learned[2]);
  }

  private TrainingBatches windows(String document) {
    return new TrainingBatches(encoding, () -> document);
  }
}
