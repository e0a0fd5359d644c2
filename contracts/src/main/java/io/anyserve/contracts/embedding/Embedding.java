package io.anyserve.contracts.embedding;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.validation.Preconditions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The vector of one text.
 *
 * @param bytes 32-bit floating-point numbers, little-endian
 */
public record Embedding(ByteString bytes) {

  public Embedding {
    Preconditions.that(
        !bytes.isEmpty() && bytes.size() % Float.BYTES == 0,
        "vector",
        bytes.size() + " bytes",
        "a positive multiple of " + Float.BYTES);
  }

  public static Embedding of(float... numbers) {
    ByteBuffer bytes = littleEndian(ByteBuffer.allocate(Float.BYTES * numbers.length));
    for (float number : numbers) {
      bytes.putFloat(number);
    }
    return new Embedding(ByteString.copyFrom(bytes.flip()));
  }

  public int dimensions() {
    return bytes.size() / Float.BYTES;
  }

  public float[] toArray() {
    float[] numbers = new float[dimensions()];
    littleEndian(bytes.asReadOnlyByteBuffer()).asFloatBuffer().get(numbers);
    return numbers;
  }

  private static ByteBuffer littleEndian(ByteBuffer buffer) {
    return buffer.order(ByteOrder.LITTLE_ENDIAN);
  }
}
