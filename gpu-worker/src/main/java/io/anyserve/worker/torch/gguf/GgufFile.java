package io.anyserve.worker.torch.gguf;

import io.anyserve.worker.torch.model.InvalidModelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

/**
 * One memory-mapped GGUF file: magic, version, counts, metadata, descriptions of the tensors, data.
 *
 * <p>Everything that the descriptions say is checked against the file when it is opened. All
 * threads may read until the file is closed. Format:
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
 */
final class GgufFile implements AutoCloseable {

  private static final int MAGIC = 0x46554747;
  private static final List<Integer> VERSIONS = List.of(2, 3);
  private static final String ALIGNMENT = "general.alignment";
  private static final int USUAL_ALIGNMENT = 32;
  private static final int MAX_TENSORS = 65_536;
  private static final int MAX_NAME = 256;
  private static final int MAX_DIMENSIONS = 4;
  private static final long LEAST_TENSOR_BYTES = 32;

  private final Path path;
  private final Arena arena;
  private final GgufMetadata metadata;
  private final Map<String, GgufTensor> tensors;

  /** Where a tensor lies, counted from the start of the data. */
  private record Entry(String name, BlockType type, List<Long> shape, long start, long end) {}

  private GgufFile(Path path, Arena arena, GgufMetadata metadata, Map<String, GgufTensor> tensors) {
    this.path = path;
    this.arena = arena;
    this.metadata = metadata;
    this.tensors = tensors;
  }

  static GgufFile open(Path path) {
    Arena arena = Arena.ofShared();
    try {
      return read(path, arena);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  Path path() {
    return path;
  }

  GgufMetadata metadata() {
    return metadata;
  }

  Optional<GgufTensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** Numbers in all tensors together. */
  long size() {
    return tensors.values().stream()
        .mapToLong(tensor -> tensor.shape().stream().reduce(1L, (a, b) -> a * b))
        .sum();
  }

  @Override
  public void close() {
    arena.close();
  }

  private static GgufFile read(Path path, Arena arena) {
    MemorySegment bytes = map(path, arena);
    var cursor = new GgufCursor(path, bytes, 0);
    refuseOtherFormats(path, cursor);
    long tensorCount = cursor.count("tensors", LEAST_TENSOR_BYTES);
    long entryCount = cursor.count("metadata", GgufMetadata.leastBytes());
    if (tensorCount > MAX_TENSORS) {
      throw new InvalidModelException(path, "tensors: " + tensorCount, "at most " + MAX_TENSORS);
    }
    GgufMetadata metadata = GgufMetadata.read(path, bytes, cursor, entryCount);
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (long i = 0; i < tensorCount; i++) {
      Entry entry = entry(path, cursor, "tensor " + i);
      if (entries.put(entry.name, entry) != null) {
        throw wrong(path, entry, "twice", "each tensor once");
      }
    }
    int alignment = alignment(metadata);
    long start = Math.ceilDiv(cursor.position(), alignment) * alignment;
    refuseMisplaced(path, entries.values(), alignment, bytes.byteSize() - start);
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries.values()) {
      MemorySegment data = bytes.asSlice(start + entry.start, entry.end - entry.start);
      tensors.put(entry.name, new GgufTensor(entry.name, entry.type, entry.shape, data));
    }
    return new GgufFile(path, arena, metadata, tensors);
  }

  private static MemorySegment map(Path path, Arena arena) {
    if (!Files.isRegularFile(path)) {
      throw new InvalidModelException(path, "no such file", "a GGUF file");
    }
    try (FileChannel channel = FileChannel.open(path)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new InvalidModelException(
          path, "cannot be mapped: " + e.getMessage(), "a GGUF file", e);
    }
  }

  private static void refuseOtherFormats(Path path, GgufCursor cursor) {
    int magic = cursor.int32("magic");
    if (magic != MAGIC) {
      throw new InvalidModelException(
          path, "magic: 0x%08x".formatted(magic), "a GGUF file, which starts with GGUF");
    }
    int version = cursor.int32("version");
    if (VERSIONS.contains(Integer.reverseBytes(version))) {
      throw new InvalidModelException(path, "byte order: big-endian", "little-endian");
    }
    if (!VERSIONS.contains(version)) {
      throw new InvalidModelException(
          path, "version: " + Integer.toUnsignedString(version), "one of " + VERSIONS);
    }
  }

  private static Entry entry(Path path, GgufCursor cursor, String number) {
    String name = InvalidModelException.printable(cursor.string(number, MAX_NAME));
    int dimensions = cursor.int32(name);
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw new InvalidModelException(
          path,
          name + ": " + Integer.toUnsignedString(dimensions) + " dimensions",
          "1 to " + MAX_DIMENSIONS);
    }
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < dimensions; i++) {
      shape.addFirst(cursor.int64(name));
    }
    int typeId = cursor.int32(name);
    BlockType type =
        BlockType.of(typeId)
            .orElseThrow(
                () ->
                    new InvalidModelException(
                        path,
                        name + ": type " + BlockType.name(typeId),
                        "one of " + Arrays.toString(BlockType.values())));
    long start = cursor.int64(name);
    long length = length(path, name, type, shape);
    if (start < 0 || start > Long.MAX_VALUE - length) {
      throw new InvalidModelException(
          path, name + ": data starts at " + Long.toUnsignedString(start), "a place in the file");
    }
    return new Entry(name, type, List.copyOf(shape), start, start + length);
  }

  /** Bytes of the blocks of a tensor; at most an eighth of what a long holds. */
  private static long length(Path path, String name, BlockType type, List<Long> shape) {
    long size = 1;
    for (long dimension : shape) {
      if (dimension < 1 || dimension > (Long.MAX_VALUE >> 3) / type.bytes() / size) {
        throw new InvalidModelException(path, name + ": shape " + shape, "a shape that fits");
      }
      size *= dimension;
    }
    if (shape.getLast() % type.width() != 0 || (type.quantised() && shape.size() == 1)) {
      throw new InvalidModelException(
          path,
          name + ": shape " + shape + " in " + type,
          "rows that are multiples of " + type.width());
    }
    return size / type.width() * type.bytes();
  }

  private static int alignment(GgufMetadata metadata) {
    int alignment = metadata.positive(ALIGNMENT, USUAL_ALIGNMENT);
    if (Integer.bitCount(alignment) != 1 || alignment < Long.BYTES) {
      throw metadata.wrong(ALIGNMENT, Integer.toString(alignment), "a power of two, at least 8");
    }
    return alignment;
  }

  private static void refuseMisplaced(
      Path path, Iterable<Entry> entries, int alignment, long length) {
    List<Entry> ordered = new ArrayList<>();
    entries.forEach(ordered::add);
    ordered.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::end));
    long end = 0;
    for (Entry entry : ordered) {
      if (entry.start % alignment != 0) {
        throw wrong(path, entry, "data starts at " + entry.start, "a multiple of " + alignment);
      }
      if (entry.start < end) {
        throw wrong(
            path, entry, "data starts at " + entry.start, "at least " + end + ": tensors overlap");
      }
      if (entry.end > length) {
        throw wrong(path, entry, "data ends at " + entry.end, "at most " + length + ": truncated?");
      }
      end = entry.end;
    }
  }

  private static InvalidModelException wrong(
      Path path, Entry entry, String problem, String expected) {
    return new InvalidModelException(path, entry.name + ": " + problem, expected);
  }
}
