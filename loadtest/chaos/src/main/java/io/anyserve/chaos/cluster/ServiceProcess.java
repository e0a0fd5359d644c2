package io.anyserve.chaos.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One service in a process that can be stopped, killed and started again. It says that it is ready
 * on its standard output, which goes to a file. Thread-safe.
 */
public final class ServiceProcess {

  private static final String READY = " is ready";
  private static final long LOOK_NANOS = 20_000_000;
  private static final Duration LONGEST_START = Duration.ofMinutes(20);
  private static final Duration STOPPING = Duration.ofSeconds(40);

  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path output;
  private volatile @Nullable Process process;
  private volatile long outputFrom;

  ServiceProcess(String name, List<String> command, Map<String, String> environment, Path folder) {
    this.name = name;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.output = folder.resolve(name + ".log");
  }

  public String name() {
    return name;
  }

  /** Returns at once; {@link #awaitReady} waits. */
  public void start() throws IOException {
    start(Map.of());
  }

  /** As {@link #start()}, for this life with more environment variables. */
  synchronized void start(Map<String, String> more) throws IOException {
    if (alive()) {
      throw new IllegalStateException(name + " is running (expected: ended)");
    }
    outputFrom = Files.exists(output) ? Files.size(output) : 0;
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().keySet().removeIf(ServiceProcess::isSetting);
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    builder.environment().putAll(environment);
    builder.environment().putAll(more);
    process = builder.start();
  }

  /**
   * Throws when it ends before it is ready, says nothing more for as long as the patience, or is
   * not ready after 20 minutes.
   */
  public void awaitReady(Duration patience) throws IOException {
    long begin = System.nanoTime();
    long spokeAt = begin;
    int said = 0;
    for (String words = said(); !words.contains(READY); words = said()) {
      if (!alive()) {
        throw new IOException(name + " ended before it was ready; see " + output);
      }
      long now = System.nanoTime();
      if (words.length() != said) {
        said = words.length();
        spokeAt = now;
      }
      if (now - spokeAt > patience.toNanos() || now - begin > LONGEST_START.toNanos()) {
        throw new IOException(
            name + " is not ready after " + Duration.ofNanos(now - begin) + "; see " + output);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private String said() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
      file.seek(Math.min(outputFrom, file.length()));
      byte[] news = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(news);
      return new String(news, StandardCharsets.UTF_8);
    }
  }

  public boolean alive() {
    Process running = process;
    return running != null && running.isAlive();
  }

  public long pid() {
    Process running = process;
    return running == null ? -1 : running.pid();
  }

  /** SIGKILL; returns when the process is gone. */
  public void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      await(running, STOPPING);
    }
  }

  /** SIGTERM, and SIGKILL when that does not help; returns when the process is gone. */
  public void terminate() {
    var _ = terminate(STOPPING);
  }

  /** The same; true when SIGTERM was enough. */
  public boolean terminate(Duration patience) {
    Process running = process;
    if (running == null) {
      return true;
    }
    running.destroy();
    boolean ended = await(running, patience);
    if (!ended) {
      kill();
    }
    return ended;
  }

  /** SIGSTOP: it holds still. */
  public void freeze() throws IOException {
    signal("STOP");
  }

  /** SIGCONT. */
  public void thaw() throws IOException {
    signal("CONT");
  }

  private void signal(String signal) throws IOException {
    SystemCommands.run(List.of("kill", "-" + signal, Long.toString(pid())));
  }

  /** What the services would read as settings; how much they log may be chosen from outside. */
  private static boolean isSetting(String variable) {
    return variable.startsWith("ANYSERVE_") && !variable.startsWith("ANYSERVE_LOG");
  }

  private static boolean await(Process running, Duration patience) {
    try {
      return running.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
