package io.anyserve.cli.run;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The life of a process that serves until it is told to stop. */
final class ForegroundProcess {

  private static final Logger log = LoggerFactory.getLogger(ForegroundProcess.class);
  private static final int ORPHANED = 143;

  @Option(
      names = "--parent-pid",
      paramLabel = "PID",
      hidden = true,
      description = "Exit when the process with this id ends.")
  @Nullable Long endWith;

  /**
   * Says when it is ready, and returns when it has been stopped and closed.
   *
   * @param running closed when the process is told to stop
   * @param ready waits for that and says so in a line
   */
  int run(AutoCloseable running, Callable<String> ready, PrintWriter out) throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  close(running);
                  stopped.countDown();
                },
                "stop"));
    watch();
    out.println(ready.call());
    out.flush();
    stopped.await();
    return 0;
  }

  private static void close(AutoCloseable running) {
    try {
      running.close();
    } catch (Exception e) {
      log.warn("Failed to close the services", e);
    }
  }

  private void watch() {
    if (endWith == null) {
      return;
    }
    Optional<ProcessHandle> other = ProcessHandle.of(endWith);
    if (other.isEmpty()) {
      throw new IllegalStateException(
          "--parent-pid: " + endWith + " (expected: a running process)");
    }
    var _ = other.get().onExit().thenRun(() -> Runtime.getRuntime().halt(ORPHANED));
  }
}
