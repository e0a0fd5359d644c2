package io.anyserve.worker.torch.gguf;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One tensor as it lies in the mapped file.
 *
 * @param shape outermost dimension first, unlike in the file
 * @param data its blocks, row by row
 */
record GgufTensor(String name, BlockType type, List<Long> shape, MemorySegment data) {

  /** The first dimension. */
  long rows() {
    return shape.getFirst();
  }

  /** Numbers in a row: 1 where there is one dimension. */
  int width() {
    return Math.toIntExact(shape.stream().skip(1).reduce(1L, Math::multiplyExact));
  }

  /** Bytes of a row. */
  long rowBytes() {
    return data.byteSize() / rows();
  }

  /** A tensor of one dimension as numbers. */
  float[] numbers() {
    float[] numbers = new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
    for (int i = 0; i < numbers.length; i += type.width()) {
      type.decoder().decode(data, (long) i / type.width() * type.bytes(), numbers, i);
    }
    return numbers;
  }
}
