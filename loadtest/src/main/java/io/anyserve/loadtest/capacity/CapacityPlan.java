package io.anyserve.loadtest.capacity;

import io.anyserve.contracts.topic.TopicCatalogue;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * How many processes a load needs, and what it takes of network and disks.
 *
 * @param ingresses each of which has a partition of {@code tokens}
 */
public record CapacityPlan(
    GpuLoad load,
    SizingRules rules,
    ServiceCosts costs,
    RecordSizes sizes,
    int ingresses,
    int brokers) {

  /** Each worker says twice a second that it lives. */
  private static final double HEARTBEATS = 2;

  private static final double HEARTBEAT_BYTES = 200;

  /** A chunk with its resume token, as the ingress writes it to its caller; measured. */
  private static final double CHUNK_TO_CALLER = 111;

  private static final double SECONDS_OF_HOUR = 3_600;
  private static final double HOURS_OF_REQUESTS = 30;
  private static final double DAYS_OF_USAGE = 400;

  /** A copy is fetched once more and written once more: half of what a broker does for a record. */
  private static final double COST_OF_COPY = 0.5;

  private static final int MOST_PROCESSES = 100_000;

  /** Records are read by an ingress, a router and a metering instance. */
  private static final int READERS = 3;

  public static CapacityPlan of(
      GpuLoad load, SizingRules rules, ServiceCosts costs, RecordSizes sizes) {
    int ingresses = leastIngresses(load, rules, costs, sizes);
    CapacityPlan one = new CapacityPlan(load, rules, costs, sizes, ingresses, 1);
    return new CapacityPlan(load, rules, costs, sizes, ingresses, one.leastBrokers());
  }

  private static int leastIngresses(
      GpuLoad load, SizingRules rules, ServiceCosts costs, RecordSizes sizes) {
    SizingRules.Limits limits = rules.limits();
    int byRequests = (int) Math.ceil(load.inFlight() / limits.inFlight());
    int byProcessors = least(rules, count -> ingressMicros(load, costs, count));
    int count = Math.max(byRequests, byProcessors);
    while (count < MOST_PROCESSES
        && tokenBytes(load, sizes, count) > count * limits.partitionBytes()) {
      count++;
    }
    return count;
  }

  /** The least processes that are together fast enough. */
  private static int least(SizingRules rules, IntToDoubleFunction micros) {
    int count = 1;
    while (count < MOST_PROCESSES) {
      int needed = (int) Math.ceil(micros.applyAsDouble(count) / rules.microsOfProcess());
      if (needed <= count) {
        return count;
      }
      count = Math.max(count + 1, Math.min(needed, count * 2));
    }
    return MOST_PROCESSES;
  }

  private static double ingressMicros(GpuLoad load, ServiceCosts costs, int count) {
    return load.requestsPerSecond() * costs.ingress().request()
        + costs.ingress().ofTokens(load.recordsPerSecond(count), load.tokensPerSecond())
        + count * heartbeatMicros(load, costs);
  }

  /** Of one reader, each second. */
  private static double heartbeatMicros(GpuLoad load, ServiceCosts costs) {
    return load.workers() * HEARTBEATS * costs.heartbeat();
  }

  private int leastBrokers() {
    double byProcessors = brokerMicros() / rules.microsOfProcess();
    double byNetwork = Math.max(bytesIn(), bytesOut()) / rules.networkBytes();
    double byPartitions = (double) partitions() * rules.replication() / rules.limits().partitions();
    double most = Math.max(byProcessors, Math.max(byNetwork, byPartitions));
    return Math.max(rules.replication(), (int) Math.ceil(most));
  }

  public double recordsPerSecond() {
    return load.recordsPerSecond(ingresses);
  }

  /** Of all ingresses, each second. */
  public double ingressMicros() {
    return ingressMicros(load, costs, ingresses);
  }

  /** Of all brokers, each second, with the copies. */
  public double brokerMicros() {
    double once =
        load.requestsPerSecond() * costs.broker().request()
            + costs.broker().ofTokens(recordsPerSecond(), load.tokensPerSecond());
    double copies = 1 + COST_OF_COPY * (rules.replication() - 1);
    return once * copies + (heartbeatReads() + cancelReads()) * costs.heartbeat();
  }

  /** Of a kind of process that shares the partitions of {@code tokens}. */
  private double micros(ProcessCosts process) {
    return load.requestsPerSecond() * process.request()
        + process.ofTokens(recordsPerSecond(), load.tokensPerSecond());
  }

  public double meteringMicros() {
    return micros(costs.metering());
  }

  public double routerMicros() {
    return micros(costs.router());
  }

  public int metering() {
    return least(rules, _ -> meteringMicros());
  }

  /** At least two, so that one can die. */
  public int routers() {
    return Math.max(
        Math.min(2, load.workers()),
        least(rules, count -> routerMicros() + count * heartbeatMicros(load, costs)));
  }

  /** Of the processor beside a GPU, as a share of one core. */
  public double workerCores() {
    return micros(costs.worker()) / load.workers() / 1e6;
  }

  /** Partitions of requests: while slots are free, a poll brings one request. */
  public int requestPartitions() {
    double micros = load.requestsPerSecond() * rules.limits().acquisitionMicros();
    return Math.max(1, (int) Math.ceil(micros / (rules.usable() * 1e6)));
  }

  /** Of all topics that grow with the load. */
  public int partitions() {
    return ingresses + requestPartitions();
  }

  /** Heartbeats that are read, each second: every ingress and every router reads every worker's. */
  public double heartbeatReads() {
    return load.workers() * HEARTBEATS * (ingresses + routers());
  }

  /** Cancellations that are read, each second: every worker reads all of them. */
  public double cancelReads() {
    return load.requestsPerSecond() * load.request().cancelled() * load.workers();
  }

  /** Bytes of {@code tokens} each second, one replica. */
  public double tokenBytes() {
    return tokenBytes(load, sizes, ingresses);
  }

  private static double tokenBytes(GpuLoad load, RecordSizes sizes, int partitions) {
    return load.requestsPerSecond() * sizes.ends()
        + load.recordsPerSecond(partitions) * sizes.record()
        + load.tokensPerSecond() * sizes.chunk();
  }

  private double requestBytes() {
    return load.requestsPerSecond() * (sizes.request() + load.request().promptBytes());
  }

  /** To all brokers, copies included. */
  public double bytesIn() {
    double written =
        tokenBytes()
            + requestBytes()
            + load.requestsPerSecond() * (sizes.usage() + sizes.aggregates())
            + load.workers() * HEARTBEATS * HEARTBEAT_BYTES;
    return written * rules.replication();
  }

  /** From all brokers: to readers and to copies. */
  public double bytesOut() {
    return tokenBytes() * (READERS + rules.replication() - 1)
        + requestBytes() * rules.replication()
        + heartbeatReads() * HEARTBEAT_BYTES
        + cancelReads() * HEARTBEAT_BYTES / 2;
  }

  /** From all ingresses to callers. */
  public double clientBytes() {
    return load.tokensPerSecond() * CHUNK_TO_CALLER;
  }

  /** Of {@code tokens}, kept for as long as streams can be resumed, with copies. */
  public double resumeBytes() {
    return tokenBytes()
        * TopicCatalogue.RESUME_WINDOW.toHours()
        * SECONDS_OF_HOUR
        * rules.replication();
  }

  /** Of requests, with copies. */
  public double requestStorage() {
    return requestBytes() * HOURS_OF_REQUESTS * SECONDS_OF_HOUR * rules.replication();
  }

  /** Of the ledger, with copies. */
  public double ledgerBytes() {
    return load.requestsPerSecond()
        * sizes.usage()
        * DAYS_OF_USAGE
        * 24
        * SECONDS_OF_HOUR
        * rules.replication();
  }

  /** What more processes do not help, with what this load needs of it. */
  public List<CapacityBound> bounds() {
    SizingRules.Limits limits = rules.limits();
    double oneBroker = rules.microsOfProcess() / costs.heartbeat();
    return List.of(
        new CapacityBound(
            "members of a share group",
            load.workers(),
            limits.members(),
            "more capabilities, more GPUs in a worker, or cells"),
        new CapacityBound(
            "heartbeats read from their broker /s",
            heartbeatReads(),
            oneBroker,
            "more GPUs in a worker, or cells"),
        new CapacityBound(
            "heartbeats read by each ingress /s",
            load.workers() * HEARTBEATS,
            oneBroker,
            "more GPUs in a worker, or cells"),
        new CapacityBound(
            "cancellations read from their broker /s",
            cancelReads(),
            oneBroker,
            "more GPUs in a worker, or cells"));
  }
}
