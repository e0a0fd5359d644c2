package io.anyserve.training;

/**
 * Token ids and what follows each of them.
 *
 * @param inputs rows * length ids, row by row
 * @param targets as many ids; {@link TrainingModule#IGNORED} where nothing is to be learned
 */
@SuppressWarnings("ArrayRecordComponent") // numbers on their way to libtorch, never compared
record Batch(int rows, int length, long[] inputs, long[] targets) {

  Batch {
    if (inputs.length != rows * length || targets.length != inputs.length) {
      throw new IllegalArgumentException(
          "inputs, targets: "
              + inputs.length
              + ", "
              + targets.length
              + " (expected: "
              + rows * length
              + ")");
    }
  }
}
