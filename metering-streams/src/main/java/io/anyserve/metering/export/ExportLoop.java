package io.anyserve.metering.export;

import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.ConsumerLoop;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * The thread that steps an exporter, and opens a new one after a pause when it fails. It is up as
 * long as it lives: whether a receiver answers says nothing about metering, and the meters tell.
 */
final class ExportLoop implements Component {

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final ConsumerLoop<Exporter> loop;
  private final Duration longestStep;

  /**
   * @param longestStep to wait for at the end, so that what was handed on is also noted
   */
  ExportLoop(String sink, Callable<Exporter> opening, ExportMetrics meters, Duration longestStep) {
    this.longestStep = longestStep;
    this.loop =
        new ConsumerLoop<>(
            "metering-export-" + sink,
            new Health.Down("export to " + sink, "not connected yet"),
            PAUSE,
            opening::call,
            exporter -> exporter::step,
            (_, _) -> {
              meters.failed();
              return Health.UP;
            });
    loop.up();
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public Health health() {
    return loop.health();
  }

  /** Returns when the step that was under way is done, or has taken too long. */
  @Override
  public void close() throws InterruptedException {
    loop.close(longestStep);
  }
}
