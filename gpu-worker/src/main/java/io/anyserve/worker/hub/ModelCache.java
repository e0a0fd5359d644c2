package io.anyserve.worker.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The models that were downloaded to this machine.
 *
 * <pre>
 * ORG/NAME/COMMIT/NAME/...        the files of a revision, whole and checked
 * ORG/NAME/COMMIT/NAME/FILE.part  a file that is not whole yet
 * ORG/NAME/refs/REVISION          the commit that a branch or a tag named when it was downloaded
 * </pre>
 *
 * @param root need not exist
 */
public record ModelCache(Path root) {

  static final String PART = ".part";
  private static final String REFS = "refs";

  /** The folder that {@code ANYSERVE_MODELS} names, or one of the user's cache. */
  public static ModelCache of(Map<String, String> environment) {
    String named = environment.getOrDefault("ANYSERVE_MODELS", "");
    if (!named.isEmpty()) {
      return new ModelCache(Path.of(named));
    }
    String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches =
        shared.isEmpty()
            ? Path.of(environment.getOrDefault("HOME", "."), ".cache")
            : Path.of(shared);
    return new ModelCache(caches.resolve("anyserve").resolve("models"));
  }

  /**
   * A revision of a model that was downloaded.
   *
   * @param revisions branches and tags that name it
   * @param bytes of its files
   * @param whole whether no file is missing the rest
   */
  public record Entry(
      String repository,
      String commit,
      List<String> revisions,
      Path folder,
      long bytes,
      boolean whole) {

    public Entry {
      revisions = List.copyOf(revisions);
    }
  }

  /** Where the files of a model at a commit lie, or will lie; the folder's name is the model's. */
  Path folder(ModelReference model, String commit) {
    return root.resolve(model.repository()).resolve(commit).resolve(model.name());
  }

  /** Notes which commit a revision names. */
  void note(Repository repository) throws IOException {
    Path refs = root.resolve(repository.reference().repository()).resolve(REFS);
    Files.createDirectories(refs);
    Path draft = Files.createTempFile(refs, ".ref", "");
    Files.writeString(draft, repository.commit());
    Files.move(
        draft,
        refs.resolve(fileName(repository.reference().revision())),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Branches may have slashes. */
  private static String fileName(String revision) {
    return revision.replace("/", "--");
  }

  /** The folder of a model that was downloaded. */
  public Optional<Path> find(ModelReference model) {
    Path repository = root.resolve(model.repository());
    return commit(repository, model.revision())
        .map(commit -> folder(model, commit))
        .filter(Files::isDirectory);
  }

  private static Optional<String> commit(Path repository, String revision) {
    Path ref = repository.resolve(REFS).resolve(fileName(revision));
    try {
      return Files.isRegularFile(ref)
          ? Optional.of(Files.readString(ref).strip())
          : Optional.of(revision).filter(commit -> !commit.contains("/"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of them, by name. */
  public List<Entry> entries() {
    return folders(root).stream()
        .flatMap(organisation -> folders(organisation).stream())
        .flatMap(repository -> entries(repository).stream())
        .sorted(Comparator.comparing(Entry::repository).thenComparing(Entry::commit))
        .toList();
  }

  private List<Entry> entries(Path repository) {
    String name = root.relativize(repository).toString().replace('\\', '/');
    return folders(repository).stream()
        .filter(folder -> !folder.endsWith(REFS))
        .map(commit -> entry(name, repository, commit))
        .toList();
  }

  private static Entry entry(String name, Path repository, Path home) {
    String commit = String.valueOf(home.getFileName());
    Path folder = home.resolve(String.valueOf(repository.getFileName()));
    try (Stream<Path> all = Files.walk(home)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      long bytes = files.stream().mapToLong(ModelCache::size).sum();
      boolean whole = files.stream().noneMatch(file -> file.toString().endsWith(PART));
      return new Entry(name, commit, revisions(repository, commit), folder, bytes, whole);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> revisions(Path repository, String commit) throws IOException {
    Path refs = repository.resolve(REFS);
    if (!Files.isDirectory(refs)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(refs)) {
      return all.map(Path::getFileName)
          .map(String::valueOf)
          .filter(name -> commit(repository, name).equals(Optional.of(commit)))
          .map(name -> name.replace("--", "/"))
          .sorted()
          .toList();
    }
  }

  private static List<Path> folders(Path parent) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(parent)) {
      return all.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0; // it is gone
    }
  }

  /**
   * Deletes a model: all its revisions, or the one that the reference names.
   *
   * @return what was deleted
   */
  public List<Entry> remove(String repository, Optional<String> revision) throws IOException {
    Path home = root.resolve(repository);
    Optional<String> commit = revision.flatMap(named -> commit(home, named));
    List<Entry> gone =
        entries().stream()
            .filter(entry -> entry.repository().equals(repository))
            .filter(entry -> commit.isEmpty() || commit.get().equals(entry.commit()))
            .toList();
    for (Entry entry : gone) {
      for (String name : entry.revisions()) {
        Files.deleteIfExists(home.resolve(REFS).resolve(fileName(name)));
      }
      delete(home.resolve(entry.commit()));
    }
    if (Files.isDirectory(home) && entries(home).isEmpty()) {
      delete(home);
    }
    return gone;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
