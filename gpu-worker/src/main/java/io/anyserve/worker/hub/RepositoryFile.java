package io.anyserve.worker.hub;

import java.util.Arrays;

/**
 * A file of a repository.
 *
 * @param path below the repository, with slashes
 * @param size in bytes
 */
public record RepositoryFile(String path, long size, Checksum checksum) {

  private static final int LONGEST_PATH = 500;

  public RepositoryFile {
    checkPath(path);
    if (size < 0) {
      throw new IllegalArgumentException(path + ": size " + size + " (expected: at least 0)");
    }
  }

  /** A hub decides about names, but not about places outside the model's folder. */
  static void checkPath(String path) {
    boolean plain =
        !path.isEmpty()
            && path.length() <= LONGEST_PATH
            && path.chars().noneMatch(c -> c == '\\' || c == ':' || Character.isISOControl(c))
            && Arrays.stream(path.split("/", -1))
                .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    if (!plain) {
      throw new IllegalArgumentException(
          "file: " + path + " (expected: a path inside the repository)");
    }
  }
}
