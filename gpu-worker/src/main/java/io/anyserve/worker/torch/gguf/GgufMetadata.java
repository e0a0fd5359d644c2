package io.anyserve.worker.torch.gguf;

import io.anyserve.worker.torch.model.InvalidModelException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The metadata of a GGUF file by key. Values are read when they are asked for; every complaint
 * names the file and the key.
 */
final class GgufMetadata {

  private static final int MAX_ENTRIES = 65_536;
  private static final int MAX_KEY = 1_024;
  private static final int MAX_STRING = 16 << 20;
  private static final int MAX_ELEMENTS = 10_000_000;
  private static final int LEAST_BYTES = 13;

  private final Path file;
  private final MemorySegment bytes;
  private final Map<String, Entry> entries;

  private record Entry(GgufValueType type, long position) {}

  private GgufMetadata(Path file, MemorySegment bytes, Map<String, Entry> entries) {
    this.file = file;
    this.bytes = bytes;
    this.entries = entries;
  }

  /** Finds the entries, which the cursor stands before; it stands behind them afterwards. */
  static GgufMetadata read(Path file, MemorySegment bytes, GgufCursor cursor, long count) {
    if (count > MAX_ENTRIES) {
      throw new InvalidModelException(file, "metadata: " + count, "at most " + MAX_ENTRIES);
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      String key = InvalidModelException.printable(cursor.string("metadata " + i, MAX_KEY));
      GgufValueType type = cursor.valueType(key);
      if (entries.put(key, new Entry(type, cursor.position())) != null) {
        throw new InvalidModelException(file, key + ": twice", "each key once");
      }
      cursor.skip(type, key);
    }
    return new GgufMetadata(file, bytes, entries);
  }

  /** The least that an entry takes in the file. */
  static long leastBytes() {
    return LEAST_BYTES;
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  String text(String key) {
    Entry entry = entry(key, "a string");
    if (entry.type != GgufValueType.STRING) {
      throw wrong(key, entry.type.toString(), "a string");
    }
    return cursor(entry).string(key, MAX_STRING);
  }

  Optional<String> optionalText(String key) {
    return has(key) ? Optional.of(text(key)) : Optional.empty();
  }

  /** An integer of at least 1. */
  int positive(String key) {
    return integer(key, 1);
  }

  int positive(String key, int absent) {
    return has(key) ? positive(key) : absent;
  }

  /** An integer of at least so much. */
  int integer(String key, int least) {
    String expected = "an integer >= " + least;
    Entry entry = entry(key, expected);
    if (!isInteger(entry.type)) {
      throw wrong(key, entry.type.toString(), expected);
    }
    long value = cursor(entry).integer(entry.type, key);
    if (value < least || value > Integer.MAX_VALUE) {
      throw wrong(key, Long.toString(value), expected);
    }
    return (int) value;
  }

  double positiveNumber(String key) {
    double value = number(key);
    if (!(value > 0) || Double.isInfinite(value)) {
      throw wrong(key, Double.toString(value), "a number > 0");
    }
    return value;
  }

  double positiveNumber(String key, double absent) {
    return has(key) ? positiveNumber(key) : absent;
  }

  double number(String key) {
    Entry entry = entry(key, "a number");
    if (!entry.type.fixed() || entry.type == GgufValueType.BOOL) {
      throw wrong(key, entry.type.toString(), "a number");
    }
    return cursor(entry).number(entry.type, key);
  }

  boolean flag(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    Entry entry = entry(key, "true or false");
    if (entry.type != GgufValueType.BOOL) {
      throw wrong(key, entry.type.toString(), "true or false");
    }
    return cursor(entry).integer(entry.type, key) != 0;
  }

  List<String> strings(String key) {
    GgufCursor cursor = cursor(entry(key, "strings"));
    int count = elements(key, cursor, "strings", GgufValueType.STRING);
    List<String> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(cursor.string(key, MAX_STRING));
    }
    return values;
  }

  int[] integers(String key) {
    GgufCursor cursor = cursor(entry(key, "integers"));
    int count = elements(key, cursor, "integers", GgufValueType.INT32, GgufValueType.UINT32);
    int[] values = new int[count];
    Arrays.setAll(values, _ -> cursor.int32(key));
    return values;
  }

  float[] floats(String key) {
    GgufCursor cursor = cursor(entry(key, "floats"));
    int count = elements(key, cursor, "floats", GgufValueType.FLOAT32);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat(cursor.int32(key));
    }
    return values;
  }

  InvalidModelException wrong(String key, String found, String expected) {
    String shown = InvalidModelException.printable(found);
    return new InvalidModelException(file, key + ": " + shown, expected);
  }

  private Entry entry(String key, String expected) {
    Entry entry = entries.get(key);
    if (entry == null) {
      throw new InvalidModelException(file, key + ": missing", expected);
    }
    return entry;
  }

  /** How many elements follow, which must be of one of the types. */
  private int elements(String key, GgufCursor cursor, String expected, GgufValueType... elements) {
    GgufValueType type = entry(key, expected).type;
    if (type != GgufValueType.ARRAY) {
      throw wrong(key, type.toString(), expected);
    }
    GgufValueType element = cursor.valueType(key);
    if (!List.of(elements).contains(element)) {
      throw wrong(key, "an array of " + element, expected);
    }
    long count = cursor.count(key, element.leastBytes());
    if (count > MAX_ELEMENTS) {
      throw wrong(key, count + " elements", "at most " + MAX_ELEMENTS);
    }
    return (int) count;
  }

  private GgufCursor cursor(Entry entry) {
    return new GgufCursor(file, bytes, entry.position);
  }

  private static boolean isInteger(GgufValueType type) {
    return switch (type) {
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
      case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> false;
    };
  }
}
