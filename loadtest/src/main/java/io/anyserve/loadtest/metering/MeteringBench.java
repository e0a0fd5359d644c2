package io.anyserve.loadtest.metering;

import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.loadtest.HostInfo;
import io.anyserve.loadtest.Latency;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.anyserve.v1.LedgerEntry;
import io.anyserve.v1.TokenEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/**
 * The ledger end to end beside a Kafka Streams pass-through, in one run: requests are written as
 * workers write them, and counted where they are billed. First {@link #metering} while a metering
 * service runs, then {@link #report} when it does not.
 *
 * @param topics that only this load writes to
 * @param progress told what happens next
 */
public record MeteringBench(
    KafkaClients kafka, TopicNames topics, Plan plan, Consumer<String> progress) {

  private static final TopicNames FLOOR = new TopicNames("floor.");
  private static final TopicPartitioning SIZES = TopicPartitioning.STANDALONE;
  private static final int LONGEST_RUN_IN = 5;
  private static final double HALF = 0.5;

  /**
   * What to measure, and for how long.
   *
   * @param warmUp seconds under load before anything is measured
   * @param seconds of each measured stretch
   * @param underWay the most requests that are written and not yet counted, in closed loop
   * @param rate of the open loop, requests per second; half of what was measured unless given
   */
  public record Plan(int warmUp, int seconds, int underWay, OptionalDouble rate) {

    public Plan {
      require(warmUp >= 0, "warm-up", warmUp, ">= 0");
      require(seconds >= 1, "seconds", seconds, ">= 1");
      require(
          underWay >= SyntheticWorker.WIDTH, "under way", underWay, ">= " + SyntheticWorker.WIDTH);
      rate.ifPresent(given -> require(given > 0, "rate", given, "> 0"));
    }

    private static void require(boolean holds, String name, Number value, String expected) {
      if (!holds) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
      }
    }

    /** Of the open loop. */
    double rate(Throughput measured) {
      return rate.orElse(HALF * measured.requestsPerSecond());
    }

    /** At the pace of the open loop, before it is measured. */
    Duration runIn() {
      return Duration.ofSeconds(Math.min(warmUp, LONGEST_RUN_IN));
    }

    private Throughput closed(Load load) throws InterruptedException, TimeoutException {
      return load.closed(Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds), underWay);
    }

    private Latency open(Load load, double perSecond)
        throws InterruptedException, TimeoutException {
      return load.open(perSecond, runIn(), Duration.ofSeconds(seconds));
    }
  }

  /**
   * What metering did.
   *
   * @param written requests, all in all
   */
  public record Measurement(Throughput throughput, MeteringReport.Lag lag, long written) {}

  /** What a metering service needs before it starts. */
  public void createTopics() throws InterruptedException {
    create(topics);
  }

  private void create(TopicNames wanted) throws InterruptedException {
    try (Admin admin = kafka.newAdmin("bench-admin")) {
      new TopicAdmin(admin, SIZES.replication()).create(new TopicCatalogue(wanted, SIZES).fixed());
    }
  }

  /** Loads the metering service that counts these topics. */
  public Measurement metering() throws InterruptedException, TimeoutException {
    try (Load load =
        new Load(
            kafka,
            topics.tokens(),
            topics.usage(),
            value -> LedgerEntry.parseFrom(value).getEngineMicros())) {
      load.begin();
      progress.accept("metering, closed loop, " + plan.underWay() + " requests under way");
      Throughput throughput = plan.closed(load);
      double rate = plan.rate(throughput);
      progress.accept("metering, open loop at %.0f requests/s".formatted(rate));
      Latency lag = plan.open(load, rate);
      return new Measurement(throughput, new MeteringReport.Lag(rate, lag), load.written());
    }
  }

  /**
   * Sums the ledger up and loads the pass-through, while no metering runs.
   *
   * @param state a folder for the pass-through
   */
  public MeteringReport report(Measurement metered, Path state)
      throws InterruptedException, TimeoutException {
    progress.accept("summing the ledger up");
    var ledger = LedgerTotals.of(kafka, topics.usage()).against(metered.written());
    progress.accept("pass-through, closed loop, " + plan.underWay() + " requests under way");
    Throughput floor = passThrough(state);
    return new MeteringReport(
        Instant.now(),
        HostInfo.text(),
        plan.underWay(),
        metered.throughput(),
        floor,
        metered.lag(),
        ledger);
  }

  private Throughput passThrough(Path state) throws InterruptedException, TimeoutException {
    create(FLOOR);
    try (Load load =
            new Load(
                kafka,
                FLOOR.tokens(),
                FLOOR.usage(),
                value -> TokenEvent.parseFrom(value).getFinished().getEngineMicros());
        var _ = PassThroughBaseline.start(kafka, FLOOR, state, load::fail)) {
      load.begin();
      return plan.closed(load);
    }
  }
}
