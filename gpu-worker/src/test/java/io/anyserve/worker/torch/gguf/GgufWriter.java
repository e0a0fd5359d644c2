package io.anyserve.worker.torch.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes GGUF files, valid ones if nothing else is asked for. */
final class GgufWriter {

  private static final int ALIGNMENT = 32;

  private final Map<String, byte[]> metadata = new LinkedHashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private int version = 3;

  private record Tensor(String name, int type, List<Long> shape, ByteString data) {

    int length() {
      return data.size();
    }
  }

  /** A number in little-endian bytes. */
  static byte[] little(int bytes, long value) {
    byte[] number = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      number[i] = (byte) (value >> (8 * i));
    }
    return number;
  }

  static byte[] string(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return joined(little(8, bytes.length), bytes);
  }

  static byte[] joined(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  GgufWriter version(int other) {
    version = other;
    return this;
  }

  /** A value as it is written, of any type. */
  GgufWriter put(String key, GgufValueType type, byte[] value) {
    metadata.put(key, joined(little(4, type.id()), value));
    return this;
  }

  GgufWriter put(String key, int value) {
    return put(key, GgufValueType.UINT32, little(4, value));
  }

  GgufWriter put(String key, float value) {
    return put(key, GgufValueType.FLOAT32, little(4, Float.floatToIntBits(value)));
  }

  GgufWriter put(String key, boolean value) {
    return put(key, GgufValueType.BOOL, little(1, value ? 1 : 0));
  }

  GgufWriter put(String key, String value) {
    return put(key, GgufValueType.STRING, string(value));
  }

  GgufWriter strings(String key, List<String> values) {
    return array(
        key, GgufValueType.STRING, values.stream().map(GgufWriter::string).toArray(byte[][]::new));
  }

  GgufWriter integers(String key, int... values) {
    byte[][] elements = new byte[values.length][];
    for (int i = 0; i < values.length; i++) {
      elements[i] = little(4, values[i]);
    }
    return array(key, GgufValueType.INT32, elements);
  }

  GgufWriter floats(String key, float... values) {
    byte[][] elements = new byte[values.length][];
    for (int i = 0; i < values.length; i++) {
      elements[i] = little(4, Float.floatToIntBits(values[i]));
    }
    return array(key, GgufValueType.FLOAT32, elements);
  }

  GgufWriter array(String key, GgufValueType element, byte[]... elements) {
    byte[] head = joined(little(4, element.id()), little(8, elements.length));
    return put(key, GgufValueType.ARRAY, joined(head, joined(elements)));
  }

  GgufWriter remove(String key) {
    metadata.remove(key);
    return this;
  }

  /** A tensor whose outermost dimension is the first. */
  GgufWriter tensor(String name, int type, byte[] data, long... shape) {
    tensors.removeIf(tensor -> tensor.name.equals(name));
    tensors.add(
        new Tensor(name, type, Arrays.stream(shape).boxed().toList(), ByteString.copyFrom(data)));
    return this;
  }

  /** A tensor of f32. */
  GgufWriter tensor(String name, float[] values, long... shape) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return tensor(name, 0, data.array(), shape);
  }

  byte[] bytes() {
    var file = new ByteArrayOutputStream();
    file.writeBytes("GGUF".getBytes(UTF_8));
    file.writeBytes(little(4, version));
    file.writeBytes(little(8, tensors.size()));
    file.writeBytes(little(8, metadata.size()));
    metadata.forEach((key, value) -> file.writeBytes(joined(string(key), value)));
    long offset = 0;
    for (Tensor tensor : tensors) {
      file.writeBytes(string(tensor.name));
      file.writeBytes(little(4, tensor.shape.size()));
      for (int i = tensor.shape.size() - 1; i >= 0; i--) {
        file.writeBytes(little(8, tensor.shape.get(i)));
      }
      file.writeBytes(little(4, tensor.type));
      file.writeBytes(little(8, offset));
      offset += Math.ceilDiv(tensor.length(), ALIGNMENT) * (long) ALIGNMENT;
    }
    for (Tensor tensor : tensors) {
      pad(file);
      file.writeBytes(tensor.data.toByteArray());
    }
    pad(file);
    return file.toByteArray();
  }

  Path write(Path file) throws IOException {
    return Files.write(file, bytes());
  }

  private static void pad(ByteArrayOutputStream file) {
    file.writeBytes(new byte[Math.ceilDiv(file.size(), ALIGNMENT) * ALIGNMENT - file.size()]);
  }
}
