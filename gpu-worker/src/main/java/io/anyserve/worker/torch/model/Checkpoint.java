package io.anyserve.worker.torch.model;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The weights of a model folder: one {@code model.safetensors}, or several files and their index.
 *
 * <p>Mapped by the thread that opens it; tensors are valid until that thread closes it.
 */
public final class Checkpoint implements WeightFile {

  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  private final Path source;
  private final Arena arena;
  private final Map<String, SafetensorsFile> homes;

  private Checkpoint(Path source, Arena arena, Map<String, SafetensorsFile> homes) {
    this.source = source;
    this.arena = arena;
    this.homes = homes;
  }

  public static Checkpoint open(Path folder) {
    Arena arena = Arena.ofConfined();
    try {
      return Files.exists(folder.resolve(INDEX)) ? sharded(folder, arena) : single(folder, arena);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** Whether there is a tensor of that name. */
  boolean has(String name) {
    return homes.containsKey(name);
  }

  @Override
  public StoredTensor.Mapped tensor(TensorSpec wanted) {
    SafetensorsFile home = homes.get(wanted.name());
    if (home == null) {
      throw new InvalidModelException(
          source, wanted.name() + ": missing", "a tensor of shape " + wanted.shape());
    }
    StoredTensor.Mapped tensor = home.tensor(wanted.name()).orElseThrow();
    if (!tensor.shape().equals(wanted.shape())) {
      throw new InvalidModelException(
          source, wanted.name() + ": shape " + tensor.shape(), "shape " + wanted.shape());
    }
    return tensor;
  }

  @Override
  public void close() {
    arena.close();
  }

  private static Checkpoint single(Path folder, Arena arena) {
    SafetensorsFile file = SafetensorsFile.open(folder.resolve(SINGLE), arena);
    Map<String, SafetensorsFile> homes = new HashMap<>();
    file.names().forEach(name -> homes.put(name, file));
    return new Checkpoint(folder.resolve(SINGLE), arena, homes);
  }

  private static Checkpoint sharded(Path folder, Arena arena) {
    JsonFile map = JsonFile.read(folder.resolve(INDEX)).object("weight_map");
    Map<String, SafetensorsFile> files = new HashMap<>();
    Map<String, SafetensorsFile> homes = new HashMap<>();
    for (String name : new TreeSet<>(map.root().propertyNames())) {
      String fileName = shardName(map, name);
      SafetensorsFile file =
          files.computeIfAbsent(
              fileName, shard -> SafetensorsFile.open(folder.resolve(shard), arena));
      if (file.tensor(name).isEmpty()) {
        throw new InvalidModelException(
            folder.resolve(fileName), name + ": missing", "the tensor that " + INDEX + " names");
      }
      homes.put(name, file);
    }
    return new Checkpoint(folder.resolve(INDEX), arena, homes);
  }

  /** A plain name: an index must not lead out of its folder. */
  private static String shardName(JsonFile map, String tensor) {
    JsonNode name = map.required(tensor, JsonNode::isString, "a file name");
    if (name.stringValue().contains("/") || name.stringValue().contains("..")) {
      throw map.wrong(tensor, name, "a file in the same folder");
    }
    return name.stringValue();
  }
}
