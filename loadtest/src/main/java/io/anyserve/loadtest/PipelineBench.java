package io.anyserve.loadtest;

import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceStub;
import io.anyserve.v1.SessionUsage;
import io.anyserve.v1.UsageServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The product beside the raw Kafka floor, in one run: an open loop at a pace, closed loops of
 * growing width, and at the end the ledger against what the clients saw.
 *
 * @param channels to the ingress; closed loops spread over them
 * @param progress told what happens next
 */
public record PipelineBench(
    KafkaSettings kafka, List<Channel> channels, Plan plan, Consumer<String> progress) {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int RECORD_BYTES = 1024;

  /**
   * What to measure, and for how long.
   *
   * @param rate of the open loop and of the raw round trip, per second
   * @param seconds of each measured stretch
   * @param widths streams of each closed loop
   */
  public record Plan(
      String capability, double rate, int seconds, List<Integer> widths, int tokens, int prompt) {}

  public PipelineReport run() throws InterruptedException, ExecutionException, TimeoutException {
    Workload workload =
        new Workload(
            plan.capability(),
            "bench-" + Long.toHexString(System.nanoTime()),
            plan.prompt(),
            plan.tokens());
    List<InferenceServiceStub> stubs =
        channels.stream().map(InferenceServiceGrpc::newStub).toList();
    Pace pace = new Pace(plan.rate(), (int) (plan.rate() * plan.seconds()));

    progress.accept("warming up");
    long seen = 0;
    long tokens = 0;
    LoadResult warm = closed(64, plan.seconds(), workload, stubs);
    LoadResult paced = new OpenLoop(pace, workload, 1, PATIENCE).run(stubs.getFirst());
    new RawRoundTrip(kafka, pace, RECORD_BYTES, 1).run();

    progress.accept("raw round trip at " + plan.rate() + "/s");
    Latency raw = new RawRoundTrip(kafka, pace, RECORD_BYTES, 2).run();
    progress.accept("open loop at " + plan.rate() + "/s");
    LoadResult open = new OpenLoop(pace, workload, 2, PATIENCE).run(stubs.getFirst());
    Map<Integer, LoadResult> closed = new LinkedHashMap<>();
    for (int width : plan.widths()) {
      progress.accept("closed loop, " + width + " streams");
      closed.put(width, closed(width, plan.seconds(), workload, stubs));
    }
    List<LoadResult> all = new java.util.ArrayList<>(closed.values());
    all.addAll(List.of(warm, paced, open));
    for (LoadResult result : all) {
      seen += result.finished();
      tokens += result.tokens();
    }
    progress.accept("waiting for the ledger");
    return new PipelineReport(
        Instant.now(), machine(), raw, open, closed, ledger(workload.session(), seen, tokens));
  }

  private LoadResult closed(
      int width, int seconds, Workload workload, List<InferenceServiceStub> stubs)
      throws InterruptedException, TimeoutException {
    return new ClosedLoop(width, Duration.ofSeconds(seconds), workload, PATIENCE).run(stubs);
  }

  private PipelineReport.Ledger ledger(String session, long requests, long tokens) {
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

  private static String machine() {
    return Runtime.getRuntime().availableProcessors()
        + " processors, Java "
        + Runtime.version().feature();
  }
}
