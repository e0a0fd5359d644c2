package io.anyserve.loadtest;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What is left of the most that can be served when more is asked for: a closed loop as wide as the
 * ingress allows, then an open loop at a multiple of what that brought.
 *
 * @param width of the closed loop
 * @param factor of overload
 */
public record OverloadBench(
    List<StreamTarget> targets, int width, int seconds, double factor, Consumer<String> progress) {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * What both loops brought.
   *
   * @param offered requests per second of the open loop
   * @param goodput finished requests per second under overload, as a share of the most
   */
  public record Report(LoadResult most, double offered, LoadResult overloaded, double goodput) {}

  public Report run() throws InterruptedException, TimeoutException {
    progress.accept("warming up");
    closed();
    progress.accept("the most: closed loop, " + width + " streams");
    LoadResult most = closed();
    double rate = factor * most.requestsPerSecond();
    progress.accept("open loop at %.0f/s".formatted(rate));
    PoissonArrivals pace = new PoissonArrivals(rate, (int) (rate * seconds));
    LoadResult overloaded = new OpenLoop(pace, 3, PATIENCE).run(targets.getFirst());
    double goodput = overloaded.requestsPerSecond() / most.requestsPerSecond();
    return new Report(most, rate, overloaded, goodput);
  }

  private LoadResult closed() throws InterruptedException, TimeoutException {
    return new ClosedLoop(width, Duration.ofSeconds(seconds), PATIENCE).run(targets);
  }
}
