package io.anyserve.worker.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/** Downloads models into a cache, several files at once. What is there already is not asked for. */
public record ModelDownload(HubClient hub, ModelCache cache, FileDownload.Retries retries) {

  private static final int FILES_AT_ONCE = 4;

  /** Beside the model, so that the disk is not full when it is there. */
  private static final long SPARE_BYTES = 64L << 20;

  private static final ThreadFactory CLOCK =
      Thread.ofPlatform().daemon().name("pull-clock").factory();

  public ModelDownload(HubClient hub, ModelCache cache) {
    this(hub, cache, FileDownload.Retries.DEFAULT);
  }

  /**
   * Downloads what the patterns match, or what an engine reads.
   *
   * @param patterns globs; empty for what an engine reads
   * @return the model's folder
   * @throws HubException when the model cannot be had; what has come stays for the next call
   */
  public Path pull(ModelReference model, List<String> patterns, PullListener listener)
      throws InterruptedException {
    List<String> wanted = model.file().map(List::of).orElse(patterns);
    Repository repository = hub.repository(model);
    List<RepositoryFile> files = new FileSelection(wanted).of(repository);
    Path folder = cache.folder(model, repository.commit());
    try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(CLOCK)) {
      Files.createDirectories(folder);
      List<FileDownload> missing = missing(repository, files, folder, listener, clock);
      requireSpace(folder, missing);
      listener.begins(repository, files, missing.stream().mapToLong(FileDownload::bytesLeft).sum());
      download(missing);
      cache.note(repository);
    } catch (IOException e) {
      throw new HubException(folder + ": cannot be written: " + e, e);
    }
    return folder;
  }

  private List<FileDownload> missing(
      Repository repository,
      List<RepositoryFile> files,
      Path folder,
      PullListener listener,
      ScheduledExecutorService clock)
      throws IOException {
    List<FileDownload> missing = new ArrayList<>();
    for (RepositoryFile file : files) {
      var download = new FileDownload(hub, repository, file, folder, listener, retries, clock);
      if (!download.isDone()) {
        missing.add(download);
      }
    }
    return missing;
  }

  private static void requireSpace(Path folder, List<FileDownload> missing) throws IOException {
    long needed = missing.stream().mapToLong(FileDownload::bytesLeft).sum();
    long free = Files.getFileStore(folder).getUsableSpace();
    if (needed > 0 && needed + SPARE_BYTES > free) {
      throw new HubException(
          "%s: %d MB free (expected: at least %d MB)"
              .formatted(folder, free >> 20, (needed + SPARE_BYTES) >> 20));
    }
  }

  private static void download(List<FileDownload> missing) throws InterruptedException {
    ExecutorService files =
        Executors.newFixedThreadPool(FILES_AT_ONCE, Thread.ofVirtual().name("pull-", 0).factory());
    try {
      List<Future<?>> all = new ArrayList<>();
      missing.forEach(one -> all.add(files.submit(one)));
      for (Future<?> one : all) {
        await(one);
      }
    } finally {
      files.shutdownNow();
      files.close();
    }
  }

  private static void await(Future<?> one) throws InterruptedException {
    try {
      one.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case HubException refused -> throw refused;
        case InterruptedException stopped -> throw stopped;
        case null, default -> throw new HubException(String.valueOf(e.getMessage()), e);
      }
    }
  }
}
