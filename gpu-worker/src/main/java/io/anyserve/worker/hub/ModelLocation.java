package io.anyserve.worker.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the files of a model that somebody names: by a path, or as a hub does. */
public record ModelLocation(ModelCache cache) {

  private static final String GGUF = ".gguf";

  /**
   * The path itself; or, where nothing is there, the folder of a model that was downloaded, or the
   * GGUF file in it that is the model.
   *
   * @throws IllegalArgumentException when the model is not on this machine, or it is not clear
   *     which file is meant
   */
  public Path of(String model) {
    Path path = Path.of(model);
    if (Files.exists(path) || !ModelReference.isReference(model)) {
      return path;
    }
    ModelReference reference = ModelReference.parse(model);
    Path folder = cache.find(reference).orElseThrow(() -> missing(model));
    if (reference.file().isPresent()) {
      Path file = folder.resolve(reference.file().get());
      if (!Files.isRegularFile(file)) {
        throw missing(model);
      }
      return file;
    }
    return Files.exists(folder.resolve("config.json")) ? folder : onlyGguf(model, folder);
  }

  private static Path onlyGguf(String model, Path folder) {
    List<Path> found;
    try (Stream<Path> all = Files.walk(folder)) {
      found = all.filter(file -> file.toString().endsWith(GGUF)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (found.size() > 1) {
      throw new IllegalArgumentException(
          "%s: several models (expected: %s:FILE with one of %s)"
              .formatted(model, model, found.stream().map(folder::relativize).toList()));
    }
    return found.isEmpty() ? folder : found.getFirst();
  }

  private static IllegalArgumentException missing(String model) {
    return new IllegalArgumentException(
        "%s: no such path, and not downloaded (expected: a path, or run ./anyserve pull %s)"
            .formatted(model, model));
  }
}
