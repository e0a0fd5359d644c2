package io.anyserve.worker.torch.model;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One tensor of a checkpoint as it lies in the mapped file.
 *
 * @param data little-endian, row-major, valid until the checkpoint is closed
 */
public record StoredTensor(Type type, List<Long> shape, ByteBuffer data) {

  /** The number types that are read. */
  enum Type {
    BF16(2),
    F16(2),
    F32(4);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    int bytes() {
      return bytes;
    }
  }
}
