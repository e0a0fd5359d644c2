package io.anyserve.worker.hub;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which files of a repository are downloaded.
 *
 * <p>Patterns are globs such as {@code *Q8_0.gguf} or {@code onnx/*}; one without a slash is
 * compared with the name of a file in any folder. Without patterns it is what an engine reads: the
 * safetensors of the top folder with their small files, or else the one GGUF file that there is.
 */
record FileSelection(List<String> patterns) {

  private static final List<String> SMALL =
      List.of(".json", ".jinja", "/vocab.txt", "/merges.txt", "/tokenizer.model");

  private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");

  /**
   * The files that are wanted, in the repository's order.
   *
   * @throws HubException when there are none, or too many to choose for the caller
   */
  List<RepositoryFile> of(Repository repository) {
    if (!patterns.isEmpty()) {
      List<RepositoryFile> wanted = those(repository, file -> matches(file.path()));
      return required(repository, wanted, "a file that " + patterns + " match");
    }
    List<RepositoryFile> weights = those(repository, file -> top(file, ".safetensors"));
    if (!weights.isEmpty()) {
      return those(repository, file -> weights.contains(file) || isSmall(file));
    }
    return onlyGguf(repository);
  }

  private static List<RepositoryFile> onlyGguf(Repository repository) {
    List<RepositoryFile> found = those(repository, file -> file.path().endsWith(".gguf"));
    if (found.size() > 1) {
      throw new HubException(
          repository.reference()
              + ": several models (expected: one of them by --file): "
              + found.stream().map(RepositoryFile::path).toList());
    }
    boolean pickled =
        repository.files().stream()
            .anyMatch(file -> PICKLES.stream().anyMatch(end -> file.path().endsWith(end)));
    return required(
        repository,
        found,
        "safetensors or GGUF"
            + (pickled ? "; it has pickled weights, which can run any code and are refused" : ""));
  }

  private static List<RepositoryFile> required(
      Repository repository, List<RepositoryFile> found, String expected) {
    if (found.isEmpty()) {
      throw new HubException(
          repository.reference() + ": no such file (expected: " + expected + ")");
    }
    return found;
  }

  private static List<RepositoryFile> those(
      Repository repository, Predicate<RepositoryFile> wanted) {
    return repository.files().stream().filter(wanted).toList();
  }

  private static boolean top(RepositoryFile file, String end) {
    return !file.path().contains("/") && file.path().endsWith(end);
  }

  private static boolean isSmall(RepositoryFile file) {
    String path = "/" + file.path();
    boolean pooling = path.startsWith("/1_Pooling/");
    return (pooling || !file.path().contains("/")) && SMALL.stream().anyMatch(path::endsWith);
  }

  private boolean matches(String path) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, Path.of(path)));
  }

  private static boolean matches(String pattern, Path path) {
    PathMatcher glob = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    return glob.matches(pattern.contains("/") ? path : path.getFileName());
  }
}
