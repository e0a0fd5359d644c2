package io.anyserve.worker.torch.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One memory-mapped safetensors file: eight bytes of header length, a JSON header, the data.
 *
 * <p>Everything that the header says is checked against the file when it is opened. Format:
 * https://huggingface.co/docs/safetensors.
 */
final class SafetensorsFile {

  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long MAX_HEADER = 100_000_000;

  private final Path file;
  private final MemorySegment bytes;
  private final long dataStart;
  private final Map<String, Entry> entries;

  /** Where a tensor lies, counted from the end of the header. */
  private record Entry(String name, String type, List<Long> shape, long start, long end) {}

  private SafetensorsFile(
      Path file, MemorySegment bytes, long dataStart, Map<String, Entry> entries) {
    this.file = file;
    this.bytes = bytes;
    this.dataStart = dataStart;
    this.entries = entries;
  }

  /** Maps the file for as long as the arena lives. */
  static SafetensorsFile open(Path file, Arena arena) {
    MemorySegment bytes = map(file, arena);
    long headerLength = headerLength(file, bytes);
    long dataStart = Long.BYTES + headerLength;
    byte[] header = bytes.asSlice(Long.BYTES, headerLength).toArray(ValueLayout.JAVA_BYTE);
    JsonFile json = JsonFile.parse(file, header);
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : json.root().properties()) {
      if (!property.getKey().equals("__metadata__")) {
        entries.put(property.getKey(), entry(json, property.getKey()));
      }
    }
    refuseOutside(file, entries, bytes.byteSize() - dataStart);
    refuseOverlap(file, entries);
    return new SafetensorsFile(file, bytes, dataStart, entries);
  }

  Iterable<String> names() {
    return entries.keySet();
  }

  Optional<StoredTensor.Mapped> tensor(String name) {
    return Optional.ofNullable(entries.get(name)).map(this::stored);
  }

  private StoredTensor.Mapped stored(Entry entry) {
    StoredTensor.Type type = type(entry);
    long length = entry.end - entry.start;
    long expected = entry.shape.stream().reduce((long) type.bytes(), SafetensorsFile::product);
    if (length != expected) {
      throw wrong(file, entry.name, length + " bytes", expected + " bytes for " + entry.shape);
    }
    if (length > Integer.MAX_VALUE) {
      throw wrong(file, entry.name, length + " bytes", "less than 2 GiB");
    }
    var data = bytes.asSlice(dataStart + entry.start, length).asByteBuffer();
    return new StoredTensor.Mapped(type, entry.shape, data.order(ByteOrder.LITTLE_ENDIAN));
  }

  private StoredTensor.Type type(Entry entry) {
    return Arrays.stream(StoredTensor.Type.values())
        .filter(type -> type.name().equals(entry.type))
        .findFirst()
        .orElseThrow(
            () ->
                wrong(
                    file,
                    entry.name,
                    "dtype " + InvalidModelException.printable(entry.type),
                    "one of " + Arrays.toString(StoredTensor.Type.values())));
  }

  /** Long.MAX_VALUE, which no file has, where the product is larger. */
  private static long product(long a, long b) {
    return b != 0 && a > Long.MAX_VALUE / b ? Long.MAX_VALUE : a * b;
  }

  private static MemorySegment map(Path file, Arena arena) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidModelException(file, "no such file", "a safetensors file");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new InvalidModelException(
          file, "cannot be mapped: " + e.getMessage(), "a safetensors file", e);
    }
  }

  private static long headerLength(Path file, MemorySegment bytes) {
    if (bytes.byteSize() < Long.BYTES) {
      throw new InvalidModelException(
          file, "truncated: " + bytes.byteSize() + " bytes", "at least 8 bytes of header length");
    }
    long length = bytes.get(LENGTH, 0);
    long most = Math.min(MAX_HEADER, bytes.byteSize() - Long.BYTES);
    if (length < 2 || length > most) {
      throw new InvalidModelException(file, "header length: " + length, "2 to " + most);
    }
    return length;
  }

  private static Entry entry(JsonFile header, String name) {
    JsonFile json = header.object(name);
    try {
      List<Long> shape = longs(json, "shape");
      List<Long> offsets = longs(json, "data_offsets");
      if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
        throw json.wrong("data_offsets", json.root().get("data_offsets"), "[start, end]");
      }
      return new Entry(name, json.text("dtype"), shape, offsets.get(0), offsets.get(1));
    } catch (InvalidModelException e) {
      throw new InvalidModelException(
          header.file(), name + ": " + e.getMessage(), "a tensor's entry in the header", e);
    }
  }

  private static List<Long> longs(JsonFile json, String key) {
    List<Long> values = new ArrayList<>();
    JsonNode list = json.required(key, JsonNode::isArray, "a list of integers >= 0");
    for (JsonNode value : list) {
      if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
        throw json.wrong(key, list, "a list of integers >= 0");
      }
      values.add(value.longValue());
    }
    return List.copyOf(values);
  }

  private static void refuseOutside(Path file, Map<String, Entry> entries, long dataLength) {
    for (Entry entry : entries.values()) {
      if (entry.end > dataLength) {
        throw wrong(
            file,
            entry.name,
            "data ends at " + entry.end,
            "at most " + dataLength + ": truncated?");
      }
    }
  }

  private static void refuseOverlap(Path file, Map<String, Entry> entries) {
    List<Entry> ordered = new ArrayList<>(entries.values());
    ordered.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::end));
    for (int i = 1; i < ordered.size(); i++) {
      Entry before = ordered.get(i - 1);
      if (ordered.get(i).start < before.end) {
        throw wrong(
            file,
            ordered.get(i).name,
            "data starts at " + ordered.get(i).start,
            "at least " + before.end + ", the end of " + before.name);
      }
    }
  }

  private static InvalidModelException wrong(
      Path file, String name, String problem, String expected) {
    return new InvalidModelException(
        file, InvalidModelException.printable(name) + ": " + problem, expected);
  }
}
