package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import io.anyserve.cli.options.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether a directory can be written and has room; it need not exist yet. */
final class DiskCheck implements Check {

  private final String name;
  private final Path folder;
  private final long needed;
  private final Space space;

  /** How many bytes of a folder's disk may still be used. */
  @FunctionalInterface
  interface Space {
    long usable(Path folder) throws IOException;
  }

  /**
   * @param needed bytes
   */
  DiskCheck(String name, Path folder, long needed, Space space) {
    this.name = name;
    this.folder = folder.toAbsolutePath().normalize();
    this.needed = needed;
    this.space = space;
  }

  static long usable(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Advice> findings() {
    Path existing = existing(folder);
    return List.of(writable(existing), room(existing));
  }

  private Advice writable(Path existing) {
    if (!Files.isDirectory(existing)) {
      return new Problem(existing + " is no directory", "Move it away, or choose another one.");
    }
    try {
      Files.delete(Files.createTempFile(existing, "anyserve-doctor", ""));
      String state = existing.equals(folder) ? " is writable" : " can be created";
      return new Ok(folder + state);
    } catch (IOException e) {
      return new Problem(
          folder + " cannot be written (" + e + ")",
          "Choose another directory, or change who may write " + existing + ".");
    }
  }

  private Advice room(Path existing) {
    try {
      long usable = space.usable(existing);
      String text = Bytes.text(usable) + " free, needed: " + Bytes.text(needed);
      if (usable < needed) {
        return new Problem(text, "Free space, or choose a directory on another disk.");
      }
      return usable < 2 * needed
          ? new Note(text, "The log grows with the traffic of a day: free some more.")
          : new Ok(text);
    } catch (IOException e) {
      return new Note(
          "free space of " + existing + " is unknown (" + e + ")",
          "Make sure that " + Bytes.text(needed) + " are free.");
    }
  }

  private static Path existing(Path folder) {
    Path path = folder;
    while (!Files.exists(path) && path.getParent() != null) {
      path = path.getParent();
    }
    return path;
  }
}
