package io.anyserve.worker.torch.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.worker.torch.model.InvalidModelException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;

/**
 * Reads a mapped file value by value. Every length is compared with what is left of the file before
 * memory is taken for it.
 */
final class GgufCursor {

  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MemorySegment bytes;
  private long position;

  GgufCursor(Path file, MemorySegment bytes, long position) {
    this.file = file;
    this.bytes = bytes;
    this.position = position;
  }

  long position() {
    return position;
  }

  int int32(String what) {
    return bytes.get(INT, advance(Integer.BYTES, what));
  }

  long int64(String what) {
    return bytes.get(LONG, advance(Long.BYTES, what));
  }

  /** A count of things of which each takes so many bytes at least. */
  long count(String what, long leastBytes) {
    long count = int64(what);
    long most = (bytes.byteSize() - position) / leastBytes;
    if (count < 0 || count > most) {
      throw wrong(what + ": " + Long.toUnsignedString(count), "at most " + most);
    }
    return count;
  }

  /** UTF-8 with its length before it. */
  String string(String what, int most) {
    long length = int64(what);
    long left = Math.min(most, bytes.byteSize() - position);
    if (length < 0 || length > left) {
      throw wrong(
          what + ": a string of " + Long.toUnsignedString(length) + " bytes", "at most " + left);
    }
    var slice = bytes.asSlice(advance(length, what), length);
    try {
      return UTF_8.newDecoder().decode(slice.asByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidModelException(file, what + ": malformed bytes", "UTF-8", e);
    }
  }

  void skipString(String what) {
    advance(count(what, 1), what);
  }

  /** The number of a type of values. */
  GgufValueType valueType(String what) {
    int id = int32(what);
    return GgufValueType.of(id)
        .orElseThrow(() -> wrong(what + ": type " + Integer.toUnsignedString(id), "0 to 12"));
  }

  /** An integer of any of the types, as it is written; no other type is given. */
  long integer(GgufValueType type, String what) {
    long at = advance(type.leastBytes(), what);
    return switch (type) {
      case UINT8 -> Byte.toUnsignedLong(bytes.get(ValueLayout.JAVA_BYTE, at));
      case INT8, BOOL -> bytes.get(ValueLayout.JAVA_BYTE, at);
      case UINT16 -> Short.toUnsignedLong(bytes.get(SHORT, at));
      case INT16 -> bytes.get(SHORT, at);
      case UINT32 -> Integer.toUnsignedLong(bytes.get(INT, at));
      case INT32 -> bytes.get(INT, at);
      case UINT64, INT64 -> bytes.get(LONG, at);
      case FLOAT32, FLOAT64, STRING, ARRAY -> throw wrong(what + ": " + type, "an integer");
    };
  }

  /** A number of any type. An f32 is the shortest decimal number that is rounded to it. */
  double number(GgufValueType type, String what) {
    return switch (type) {
      case FLOAT32 ->
          Double.parseDouble(Float.toString(bytes.get(FLOAT, advance(Float.BYTES, what))));
      case FLOAT64 -> Double.longBitsToDouble(int64(what));
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64, BOOL, STRING, ARRAY ->
          integer(type, what);
    };
  }

  /** Passes over a value without reading it. Arrays of arrays, which no model has, are refused. */
  void skip(GgufValueType type, String what) {
    switch (type) {
      case STRING -> skipString(what);
      case ARRAY -> skipArray(what);
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT32, BOOL, UINT64, INT64, FLOAT64 ->
          advance(type.leastBytes(), what);
    }
  }

  private void skipArray(String what) {
    GgufValueType element = valueType(what);
    if (element == GgufValueType.ARRAY) {
      throw wrong(what + ": an array of arrays", "an array of numbers or strings");
    }
    long count = count(what, element.leastBytes());
    if (element.fixed()) {
      advance(count * element.leastBytes(), what);
      return;
    }
    for (long i = 0; i < count; i++) {
      skipString(what);
    }
  }

  private long advance(long length, String what) {
    long at = position;
    if (length > bytes.byteSize() - at) {
      throw wrong(
          what + ": ends at " + (at + length), "at most " + bytes.byteSize() + ": truncated?");
    }
    position += length;
    return at;
  }

  private InvalidModelException wrong(String problem, String expected) {
    return new InvalidModelException(file, problem, expected);
  }
}
