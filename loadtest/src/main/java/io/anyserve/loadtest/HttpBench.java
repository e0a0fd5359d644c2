package io.anyserve.loadtest;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The same streams over gRPC and as server-sent events over HTTP, in turns in one run: an open loop
 * at a pace, and a closed loop.
 *
 * @param rpc over gRPC
 * @param events over HTTP
 * @param progress told what happens next
 */
public record HttpBench(
    StreamTarget rpc, StreamTarget events, Plan plan, Consumer<String> progress) {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final double MEBIBYTE = 1024.0 * 1024;

  /**
   * What to measure, and for how long.
   *
   * @param rate of the open loops, per second
   * @param width of the closed loops
   * @param warmUp seconds of a closed loop over each before anything is measured
   * @param seconds of each measured stretch
   * @param rounds how often the two take turns
   */
  public record Plan(double rate, int width, int warmUp, int seconds, int rounds) {}

  /** One round. */
  public record Round(
      LoadResult rpcOpen, LoadResult eventsOpen, LoadResult rpcClosed, LoadResult eventsClosed) {

    /** What HTTP adds to the time to the first token, medians in microseconds. */
    public double added() {
      return eventsOpen.firstToken().p50() - rpcOpen.firstToken().p50();
    }

    /** Requests per second over HTTP, as a share of those over gRPC. */
    public double share() {
      return eventsClosed.requestsPerSecond() / rpcClosed.requestsPerSecond();
    }
  }

  /** All rounds, in order. */
  public record Report(Instant at, String machine, List<Round> rounds) {

    public Report {
      rounds = List.copyOf(rounds);
    }
  }

  /**
   * The memory of this process at one moment of a long run, in MiB.
   *
   * @param heap that is in use after a collection
   */
  public record Sample(long second, double heap, int threads) {}

  /** What a long run brought. */
  public record Soak(LoadResult load, List<Sample> samples) {

    public Soak {
      samples = List.copyOf(samples);
    }
  }

  public Report run() throws InterruptedException, TimeoutException {
    progress.accept("warming up");
    closed(rpc, plan.warmUp());
    closed(events, plan.warmUp());
    List<Round> rounds = new ArrayList<>();
    for (int round = 1; round <= plan.rounds(); round++) {
      progress.accept("round " + round + " of " + plan.rounds());
      rounds.add(
          new Round(
              open(rpc, round),
              open(events, round),
              closed(rpc, plan.seconds()),
              closed(events, plan.seconds())));
    }
    return new Report(Instant.now(), HostInfo.text(), rounds);
  }

  /** Streams over HTTP for a long time, as many as the closed loop has. */
  public Soak soak(int seconds, int between) throws InterruptedException, TimeoutException {
    progress.accept("warming up");
    closed(events, plan.warmUp());
    List<Sample> samples = new CopyOnWriteArrayList<>();
    long begin = System.nanoTime();
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      var _ =
          timer.scheduleAtFixedRate(
              () -> samples.add(sample(System.nanoTime() - begin)),
              between,
              between,
              TimeUnit.SECONDS);
      LoadResult load = closed(events, seconds);
      timer.shutdownNow();
      return new Soak(load, samples);
    }
  }

  private static Sample sample(long nanos) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return new Sample(
        TimeUnit.NANOSECONDS.toSeconds(nanos),
        memory.getHeapMemoryUsage().getUsed() / MEBIBYTE,
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  private LoadResult open(StreamTarget target, int seed)
      throws InterruptedException, TimeoutException {
    var pace = new PoissonArrivals(plan.rate(), (int) (plan.rate() * plan.seconds()));
    return new OpenLoop(pace, seed, PATIENCE).run(target);
  }

  private LoadResult closed(StreamTarget target, int seconds)
      throws InterruptedException, TimeoutException {
    return new ClosedLoop(plan.width(), Duration.ofSeconds(seconds), PATIENCE).run(List.of(target));
  }
}
