package io.anyserve.metering.export;

import io.anyserve.runtime.Component;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that steps an exporter, and opens a new one after a pause when it fails. It is always
 * up: whether a receiver answers says nothing about metering, and the meters tell.
 */
final class ExportLoop implements Component {

  private static final Logger log = LoggerFactory.getLogger(ExportLoop.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Callable<Exporter> opening;
  private final ExportMetrics meters;
  private final Duration longestStep;
  private final Thread thread;
  private final CountDownLatch stopping = new CountDownLatch(1);

  /**
   * @param longestStep to wait for at the end, so that what was handed on is also noted
   */
  ExportLoop(String sink, Callable<Exporter> opening, ExportMetrics meters, Duration longestStep) {
    this.opening = opening;
    this.meters = meters;
    this.longestStep = longestStep;
    this.thread = new Thread(this::run, "metering-export-" + sink);
    thread.setDaemon(true);
  }

  @Override
  public void start() {
    thread.start();
  }

  private void run() {
    while (stopping.getCount() > 0) {
      try (Exporter exporter = opening.call()) {
        while (stopping.getCount() > 0) {
          exporter.step();
        }
      } catch (InterruptedException | InterruptException e) {
        stopping.countDown();
      } catch (KafkaException e) {
        meters.failed();
        log.warn("{} starts again in {}", thread.getName(), PAUSE, e);
        pause();
      } catch (Exception e) {
        meters.failed();
        log.error("{} failed and starts again in {}", thread.getName(), PAUSE, e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      stopping.countDown();
    }
  }

  /** Returns when the step that was under way is done, or has taken too long. */
  @Override
  public void close() throws InterruptedException {
    stopping.countDown();
    if (!thread.join(longestStep)) {
      thread.interrupt();
      thread.join();
    }
  }
}
