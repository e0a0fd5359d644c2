package io.anyserve.loadtest;

import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.SessionUsage;
import io.anyserve.v1.UsageServiceGrpc;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The product beside the raw Kafka floor, in one run: an open loop at a pace, closed loops of
 * growing width, and at the end the ledger against what the clients saw.
 *
 * @param channels to the ingress; closed loops spread over them
 * @param progress told what happens next
 */
public record PipelineBench(
    KafkaClients kafka, List<Channel> channels, Plan plan, Consumer<String> progress) {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int RECORD_BYTES = 1024;
  private static final int WARM_UP_STREAMS = 64;
  private static final int LONGEST_RUN_IN = 30;

  /**
   * What to measure, and for how long.
   *
   * @param rate of the open loop and of the raw round trip, per second
   * @param warmUp seconds under load before anything is measured
   * @param seconds of each measured stretch
   * @param widths streams of each closed loop
   */
  public record Plan(
      String capability,
      double rate,
      int warmUp,
      int seconds,
      List<Integer> widths,
      int tokens,
      int prompt) {

    /**
     * Seconds at a width before it is measured: what slow phases left compiled is compiled anew.
     */
    int runIn() {
      return Math.min(warmUp, LONGEST_RUN_IN);
    }
  }

  public PipelineReport run() throws Exception {
    Workload workload =
        new Workload(
            plan.capability(),
            "bench-" + Long.toHexString(System.nanoTime()),
            plan.prompt(),
            plan.tokens());
    List<StreamTarget> targets = targets(channels, workload);
    PoissonArrivals pace = new PoissonArrivals(plan.rate(), (int) (plan.rate() * plan.seconds()));
    List<LoadResult> product = new ArrayList<>();

    progress.accept("warming up");
    product.add(closed(WARM_UP_STREAMS, plan.warmUp(), targets));
    product.add(new OpenLoop(pace, 1, PATIENCE).run(targets.getFirst()));
    new KafkaRoundTripBaseline(kafka, pace, RECORD_BYTES, 1).run();

    progress.accept("raw round trip at " + plan.rate() + "/s");
    Latency raw = new KafkaRoundTripBaseline(kafka, pace, RECORD_BYTES, 2).run();
    progress.accept("open loop at " + plan.rate() + "/s");
    LoadResult open = new OpenLoop(pace, 2, PATIENCE).run(targets.getFirst());
    Map<Integer, LoadResult> closed = new TreeMap<>();
    for (int width : new TreeSet<>(plan.widths())) {
      progress.accept("closed loop, " + width + " streams");
      product.add(closed(width, plan.runIn(), targets));
      LoadResult measured = closed(width, plan.seconds(), targets);
      progress.accept("  %.0f requests/s".formatted(measured.requestsPerSecond()));
      closed.put(width, measured);
    }
    product.add(open);
    product.addAll(closed.values());
    progress.accept("waiting for the ledger");
    PipelineReport.Ledger ledger = ledger(workload.session(), product);
    progress.accept("bare skeleton");
    LoadResult skeleton = skeleton(Collections.max(plan.widths()), workload);
    return new PipelineReport(Instant.now(), HostInfo.text(), raw, open, closed, skeleton, ledger);
  }

  private LoadResult skeleton(int width, Workload workload) throws Exception {
    try (SkeletonBaseline skeleton = SkeletonBaseline.start(kafka, plan.tokens())) {
      List<ManagedChannel> own =
          Stream.generate(() -> channel(skeleton.port())).limit(channels.size()).toList();
      try {
        List<StreamTarget> targets = targets(own, workload);
        closed(width, plan.warmUp() / 2, targets);
        return closed(width, plan.seconds(), targets);
      } finally {
        own.forEach(ManagedChannel::shutdownNow);
      }
    }
  }

  /** A connection to a server on this machine. */
  public static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .usePlaintext()
        .directExecutor()
        .disableRetry()
        .build();
  }

  private static List<StreamTarget> targets(List<? extends Channel> over, Workload workload) {
    return over.stream().map(channel -> StreamCall.over(channel, workload)).toList();
  }

  private static LoadResult closed(int width, int seconds, List<StreamTarget> to)
      throws InterruptedException, TimeoutException {
    return new ClosedLoop(width, Duration.ofSeconds(seconds), PATIENCE).run(to);
  }

  private PipelineReport.Ledger ledger(String session, List<LoadResult> runs) {
    long requests = runs.stream().mapToLong(LoadResult::finished).sum();
    long tokens = runs.stream().mapToLong(LoadResult::tokens).sum();
    var usage = UsageServiceGrpc.newBlockingStub(channels.getFirst());
    var request = GetSessionUsageRequest.newBuilder().setSession(session).build();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    SessionUsage billed = SessionUsage.getDefaultInstance();
    while (System.nanoTime() < deadline && billed.getRequests() < requests) {
      try {
        billed = usage.getSessionUsage(request).getUsage();
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
          throw e;
        }
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return new PipelineReport.Ledger(
        requests, billed.getRequests(), tokens, billed.getCompletionTokens());
  }
}
