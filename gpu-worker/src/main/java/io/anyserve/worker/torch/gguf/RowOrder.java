package io.anyserve.worker.torch.gguf;

/** Which stored row is a row of the Hugging Face form. */
@FunctionalInterface
interface RowOrder {

  RowOrder SAME = row -> row;

  long stored(long row);

  /**
   * Undoes the order of query and key in the architecture llama: of the D rows of a head, rows j
   * and j + D/2, which rotary positions turn together, are stored side by side.
   */
  static RowOrder paired(long rowsOfHead) {
    long half = rowsOfHead / 2;
    return row -> {
      long inHead = row % rowsOfHead;
      return row - inHead + inHead % half * 2 + inHead / half;
    };
  }
}
