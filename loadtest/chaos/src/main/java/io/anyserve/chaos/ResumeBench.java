package io.anyserve.chaos;

import io.anyserve.chaos.client.AsyncSubmitter;
import io.anyserve.chaos.client.ChaosClient;
import io.anyserve.chaos.client.ClientObservation;
import io.anyserve.chaos.client.ClientPool;
import io.anyserve.chaos.client.ExpectedOutput;
import io.anyserve.chaos.client.ExpectedOutputs;
import io.anyserve.chaos.client.PromptSpec;
import io.anyserve.chaos.client.TestRequest;
import io.anyserve.chaos.client.TestRequest.Leave;
import io.anyserve.chaos.client.TestRequest.Resumption;
import io.anyserve.chaos.client.TestRequest.Submission;
import io.anyserve.chaos.cluster.ChaosCluster;
import io.anyserve.chaos.cluster.ClusterComponents;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Kills an ingress under streams, which their clients resume at another one, and measures what that
 * costs: how long clients hear nothing, and what the other ingress reads again.
 *
 * @param streams how many of each kind are open at once
 * @param tokens of each stream; the ingress is killed when half of the clients have half of them
 * @param resumption what the clients hand back
 * @param answers what the engine alone writes
 * @param progress told what happens next
 */
public record ResumeBench(
    ClusterComponents.Plan site,
    Map<Submission, Integer> streams,
    int tokens,
    Resumption resumption,
    ExpectedOutputs answers,
    Consumer<String> progress) {

  private static final int KILLED = 0;
  private static final int OTHER = 1;
  private static final int WARM_UP_TOKENS = 50;
  private static final long LOOK_NANOS = 20_000_000;
  private static final double NANOS_PER_MILLI = 1e6;

  /**
   * What it cost.
   *
   * @param silences of each stream that was open, from its last event before the kill to the next
   *     one, milliseconds, ascending; 0 where it was shorter than 50
   * @param finished of these streams, those that came to their end
   * @param wrong streams whose text or number of tokens is not what the engine alone writes, or of
   *     which chunks were missing or came twice
   * @param resumed calls that clients made to go on
   * @param other what the ingress counted to which they came
   */
  public record Result(
      List<Double> silences, long finished, long wrong, long resumed, OtherIngress other) {

    /** Nearest rank. */
    public double silence(int percent) {
      int rank = (int) Math.ceil(percent / 100.0 * silences.size());
      return silences.get(Math.max(0, rank - 1));
    }
  }

  /**
   * What the ingress that was not killed counted since then.
   *
   * @param live resumes without a replay
   * @param records that it read again
   */
  public record OtherIngress(double admitted, double live, double refused, double records) {

    private OtherIngress since(OtherIngress before) {
      return new OtherIngress(
          admitted - before.admitted,
          live - before.live,
          refused - before.refused,
          records - before.records);
    }

    private static OtherIngress read(int port) throws IOException, InterruptedException {
      String page = MetricsCheck.page(port);
      String resumes = "anyserve_ingress_resumes_";
      return new OtherIngress(
          MetricsCheck.sum(page, resumes + "admitted_total"),
          MetricsCheck.sum(page, resumes + "live_total"),
          MetricsCheck.sum(page, resumes + "refused_total"),
          MetricsCheck.sum(page, "anyserve_ingress_replay_records_total"));
    }
  }

  public Result run() throws IOException, InterruptedException {
    progress.accept("starting the services in " + site.folder());
    try (ChaosCluster cluster = ChaosCluster.in(site)) {
      cluster.start();
      try (ClientPool clients =
          new ClientPool(
              cluster.doors(),
              new AsyncSubmitter(cluster.kafka(), cluster.topics(), site.seed()),
              System::nanoTime)) {
        clients.start();
        return run(cluster, clients);
      }
    }
  }

  private Result run(ChaosCluster cluster, ClientPool clients)
      throws IOException, InterruptedException {
    progress.accept("warming up");
    begin(clients, 0, WARM_UP_TOKENS, KILLED);
    begin(clients, 1, WARM_UP_TOKENS, OTHER);
    requireEnds(clients);
    progress.accept(all() + " streams at an ingress");
    begin(clients, 2, tokens, KILLED);
    awaitHalf(clients);
    Collection<ChaosClient> open = clients.open();
    if (open.isEmpty()) {
      throw new IOException("no stream is open; the services' logs say why");
    }
    int ended = clients.ended();
    int otherHttp = cluster.parts().ingressHttp().get(OTHER);
    OtherIngress before = OtherIngress.read(otherHttp);
    long at = System.nanoTime();
    cluster.parts().ingresses().get(KILLED).kill();
    progress.accept("it is killed; waiting for the ends of the streams");
    requireEnds(clients);
    return result(
        open.stream().map(client -> client.longestGapAfter(at) / NANOS_PER_MILLI).sorted().toList(),
        clients.seen().stream().skip(ended).toList(),
        OtherIngress.read(otherHttp).since(before));
  }

  private void begin(ClientPool clients, int round, int length, int ingress) {
    int all = all();
    IntStream.range(0, all).forEach(i -> clients.begin(request(round * all + i, length, ingress)));
  }

  private TestRequest request(int index, int length, int ingress) {
    Submission way = way(index % all());
    var content =
        new PromptSpec(
            "Once upon a time, in tale " + index,
            index,
            length,
            true,
            List.of(),
            way == Submission.CHAT);
    return new TestRequest(
        index,
        way,
        "session-" + index,
        content,
        Optional.empty(),
        false,
        Leave.STAYS,
        resumption,
        ingress);
  }

  private Submission way(int number) {
    int left = number;
    for (Map.Entry<Submission, Integer> kind : streams.entrySet()) {
      left -= kind.getValue();
      if (left < 0) {
        return kind.getKey();
      }
    }
    throw new IllegalArgumentException("stream: " + number + " (expected: below " + all() + ")");
  }

  private int all() {
    return streams.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void awaitHalf(ClientPool clients) {
    while (clients.open().stream().filter(client -> client.tokens() < tokens / 2).count()
        > all() / 2) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static void requireEnds(ClientPool clients) throws IOException {
    if (!clients.awaitNobody()) {
      throw new IOException("nothing reaches any client any more; the services' logs say why");
    }
  }

  private Result result(List<Double> silences, List<ClientObservation> seen, OtherIngress other) {
    return new Result(
        silences,
        seen.stream().filter(one -> one.how() == ClientObservation.End.FINISHED).count(),
        seen.stream().filter(this::isWrong).count(),
        seen.stream().mapToLong(one -> one.counts().resumed()).sum(),
        other);
  }

  private boolean isWrong(ClientObservation seen) {
    ExpectedOutput answer = answers.of(request(seen.ask(), tokens, KILLED).content());
    ClientObservation.Counts counts = seen.counts();
    return !seen.text().equals(answer.text())
        || counts.told() != answer.tokens()
        || counts.repeated() + counts.missing() > 0;
  }
}
