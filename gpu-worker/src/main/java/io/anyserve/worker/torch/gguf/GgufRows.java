package io.anyserve.worker.torch.gguf;

import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.stream.LongStream;

/**
 * Computes the rows of a tensor in stretches, on all processors: numbers that are quantised become
 * f32, others are copied.
 *
 * @param file what messages name
 * @param added to every number of a tensor in f32, such as -1
 */
record GgufRows(Path file, GgufTensor tensor, RowOrder order, float added)
    implements StoredTensor.RowReader {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  /** Numbers of a stretch: some hundred microseconds of work. */
  private static final int STRETCH = 1 << 18;

  /** Whether rows come out as f32 whatever they are stored as. */
  boolean decodes() {
    return tensor.type().quantised() || added != 0;
  }

  @Override
  public void read(long first, MemorySegment target) {
    long rowBytes = decodes() ? (long) tensor.width() * Float.BYTES : tensor.rowBytes();
    long rows = target.byteSize() / rowBytes;
    long step = Math.max(1, STRETCH / tensor.width());
    LongStream.range(0, Math.ceilDiv(rows, step))
        .parallel()
        .forEach(
            stretch -> {
              long start = stretch * step;
              long count = Math.min(step, rows - start);
              MemorySegment part = target.asSlice(start * rowBytes, count * rowBytes);
              if (decodes()) {
                decode(first + start, count, part);
              } else {
                copy(first + start, count, part);
              }
            });
  }

  private void copy(long first, long count, MemorySegment target) {
    long length = tensor.rowBytes();
    for (long i = 0; i < count; i++) {
      long from = order.stored(first + i) * length;
      MemorySegment.copy(tensor.data(), from, target, i * length, length);
    }
  }

  private void decode(long first, long count, MemorySegment target) {
    float[] numbers = new float[tensor.width()];
    for (long i = 0; i < count; i++) {
      long row = order.stored(first + i);
      decode(row, numbers);
      MemorySegment.copy(
          numbers, 0, target, FLOAT, i * numbers.length * Float.BYTES, numbers.length);
    }
  }

  /** A scale that is no finite number makes no number of its block finite, so one is looked at. */
  private void decode(long row, float[] numbers) {
    BlockType type = tensor.type();
    BlockDecoder decoder = type.decoder();
    long at = row * tensor.rowBytes();
    for (int i = 0; i < numbers.length; i += type.width()) {
      decoder.decode(tensor.data(), at, numbers, i);
      if (!Float.isFinite(numbers[i])) {
        throw new InvalidModelException(
            file, tensor.name() + ": " + numbers[i] + " in row " + row, "finite numbers");
      }
      at += type.bytes();
    }
    if (added != 0) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] += added;
      }
    }
  }
}
