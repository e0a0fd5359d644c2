package io.anyserve.training;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Cuts endless documents into batches.
 *
 * <p>Every row starts at the start of a document and is filled up with the following ones; what
 * does not fit is dropped. In a chat document only what the assistant says is learned.
 */
final class TrainingBatches {

  private final BytePairEncoding encoding;
  private final Supplier<String> documents;
  private final int[] assistant;

  TrainingBatches(BytePairEncoding encoding, Supplier<String> documents) {
    this.encoding = encoding;
    this.documents = documents;
    this.assistant = encoding.encode("assistant\n");
  }

  Batch next(int rows, int length) {
    var inputs = new long[rows * length];
    var targets = new long[rows * length];
    for (int row = 0; row < rows; row++) {
      int[] ids = row(length + 1);
      boolean[] learned = learned(ids);
      for (int i = 0; i < length; i++) {
        inputs[row * length + i] = ids[i];
        targets[row * length + i] = learned[i + 1] ? ids[i + 1] : TrainingModule.IGNORED;
      }
    }
    return new Batch(rows, length, inputs, targets);
  }

  private int[] row(int length) {
    var row = new int[length];
    int filled = 0;
    while (filled < length) {
      int[] document = encoding.encode(documents.get());
      int fits = Math.min(document.length, length - filled);
      System.arraycopy(document, 0, row, filled, fits);
      filled += fits;
    }
    return row;
  }

  /** Which ids the model should be able to say: all but the turns of others. */
  boolean[] learned(int[] ids) {
    var learned = new boolean[ids.length];
    boolean listening = false;
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == encoding.endOfText()) {
        listening = false;
      }
      learned[i] = !listening;
      if (ids[i] == encoding.turnStart()) {
        listening = true;
      } else if (listening && endsAssistantHeader(ids, i)) {
        listening = false;
      } else if (ids[i] == encoding.turnEnd()) {
        listening = true;
      }
    }
    return learned;
  }

  private boolean endsAssistantHeader(int[] ids, int end) {
    int start = end - assistant.length;
    if (start < 0 || ids[start] != encoding.turnStart()) {
      return false;
    }
    return Arrays.equals(ids, start + 1, end + 1, assistant, 0, assistant.length);
  }
}
