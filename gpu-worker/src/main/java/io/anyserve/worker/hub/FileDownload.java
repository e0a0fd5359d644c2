package io.anyserve.worker.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;

/**
 * Downloads one file: to a part beside its place, from where an earlier download ended, and moves
 * it there once it is whole and has the checksum that the hub knows. One thread calls it.
 */
final class FileDownload implements Callable<Path> {

  private final HubClient hub;
  private final Repository repository;
  private final RepositoryFile file;
  private final Path place;
  private final Path part;
  private final PullListener listener;
  private final Retries retries;
  private final ScheduledExecutorService clock;

  /**
   * How connections that break are opened again.
   *
   * @param most in a row that bring nothing
   * @param first pause; each is twice the last one
   * @param stall after which a connection that brings nothing counts as broken
   */
  record Retries(int most, Duration first, Duration stall) {

    static final Retries DEFAULT = new Retries(6, Duration.ofSeconds(1), Duration.ofSeconds(30));

    Duration pause(int tried) {
      return first.multipliedBy(1L << Math.min(tried, 5));
    }
  }

  FileDownload(
      HubClient hub,
      Repository repository,
      RepositoryFile file,
      Path folder,
      PullListener listener,
      Retries retries,
      ScheduledExecutorService clock) {
    this.hub = hub;
    this.repository = repository;
    this.file = file;
    this.place = folder.resolve(file.path());
    this.part = place.resolveSibling(place.getFileName() + ModelCache.PART);
    this.listener = listener;
    this.retries = retries;
    this.clock = clock;
  }

  /** Whether the file is there, as long as it should be; it had its checksum when it came. */
  boolean isDone() throws IOException {
    return Files.isRegularFile(place) && Files.size(place) == file.size();
  }

  long bytesLeft() {
    return Math.max(0, file.size() - begun());
  }

  private long begun() {
    try {
      return Files.size(part);
    } catch (IOException e) {
      return 0; // there is none
    }
  }

  @Override
  public Path call() throws IOException, InterruptedException {
    Files.createDirectories(place.getParent());
    if (begun() > file.size()) {
      Files.delete(part);
    }
    int tried = 0;
    while (begun() < file.size() || !Files.exists(part)) {
      long before = begun();
      try {
        receive(before);
      } catch (IOException e) {
        tried = begun() > before ? 1 : tried + 1;
        giveUpAfter(tried, e);
        listener.retries(file, String.valueOf(e.getMessage()));
        pause(retries.pause(tried));
      }
    }
    check();
    Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    listener.done(file);
    return place;
  }

  private static void pause(Duration length) throws InterruptedException {
    LockSupport.parkNanos(length.toNanos());
    if (Thread.interrupted()) {
      throw new InterruptedException("the download is stopped");
    }
  }

  private void giveUpAfter(int tried, IOException why) {
    if (tried >= retries.most()) {
      throw new HubException(
          "%s/%s: %d of %d bytes after %d tries: %s (run it again to go on)"
              .formatted(
                  repository.reference().repository(),
                  file.path(),
                  begun(),
                  file.size(),
                  tried,
                  why.getMessage()),
          why);
    }
  }

  private void receive(long from) throws IOException, InterruptedException {
    HttpResponse<InputStream> answer = hub.content(repository, file, from);
    boolean goesOn = answer.statusCode() == 206;
    try (InputStream content = answer.body();
        var guard = new StallGuard(content, clock, retries.stall());
        OutputStream out =
            Files.newOutputStream(
                part,
                StandardOpenOption.CREATE,
                goesOn ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      copy(content, out, guard, file.size() - (goesOn ? from : 0));
    }
  }

  /** At most what is missing: a hub that sends more has another file. */
  private void copy(InputStream content, OutputStream out, StallGuard guard, long missing)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = missing;
    while (left > 0) {
      int read = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new IOException("the connection ended " + left + " bytes too soon");
      }
      guard.received(read);
      out.write(buffer, 0, read);
      listener.received(file, read);
      left -= read;
    }
    if (content.read() >= 0) {
      throw longer();
    }
  }

  private HubException longer() {
    return new HubException(
        "%s/%s: more than %d bytes (expected: the size that the hub lists)"
            .formatted(repository.reference().repository(), file.path(), file.size()));
  }

  private void check() throws IOException {
    String found = file.checksum().of(part);
    if (!found.equals(file.checksum().digits())) {
      Files.delete(part);
      throw new HubException(
          "%s/%s: checksum %s (expected: %s); the download is deleted"
              .formatted(
                  repository.reference().repository(),
                  file.path(),
                  found,
                  file.checksum().digits()));
    }
  }
}
