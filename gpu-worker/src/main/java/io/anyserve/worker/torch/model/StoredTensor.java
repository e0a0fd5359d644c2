package io.anyserve.worker.torch.model;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/** One tensor of an open weight file, row-major and little-endian. */
public sealed interface StoredTensor {

  /** The number types that libtorch takes. */
  enum Type {
    BF16(2),
    F16(2),
    F32(4);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    public int bytes() {
      return bytes;
    }
  }

  Type type();

  List<Long> shape();

  /**
   * It lies in the mapped file as libtorch takes it.
   *
   * @param data valid until the file is closed
   */
  record Mapped(Type type, List<Long> shape, ByteBuffer data) implements StoredTensor {}

  /**
   * It is computed from what lies in the file: quantised numbers, or rows in another order.
   *
   * @param type of the computed numbers
   */
  record Computed(Type type, List<Long> shape, RowReader reader) implements StoredTensor {

    /** The first dimension; 1 for a single number. */
    public long rows() {
      return shape.isEmpty() ? 1 : shape.getFirst();
    }

    public long rowBytes() {
      return shape.stream().skip(1).reduce((long) type.bytes(), Math::multiplyExact);
    }
  }

  /** Computes rows of a tensor. */
  @FunctionalInterface
  interface RowReader {

    /**
     * Writes whole rows.
     *
     * @param first the row that the target starts with
     * @param target native memory for one or more rows
     */
    void read(long first, MemorySegment target);
  }
}
