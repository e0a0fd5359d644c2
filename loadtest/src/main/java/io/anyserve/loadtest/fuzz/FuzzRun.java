package io.anyserve.loadtest.fuzz;

import io.anyserve.audit.AuditReport;
import io.anyserve.audit.LedgerAudit;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes hostile records to the topics of services in this JVM, with good requests before, between
 * and after them, and looks for what that did: a thread that ended, a partition that sticks, a good
 * request without its one result, a ledger that differs from the log. One thread's.
 */
public final class FuzzRun {

  private static final int ROUNDS = 20;
  private static final int MOST_SHOWN = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();
  private static final String GOOD = "good";
  private static final String SAMPLE = "sample";

  private final Plan plan;
  private final Supplier<List<Health.Down>> troubles;
  private final Consumer<String> progress;

  /**
   * A capability, and what good requests ask of it.
   *
   * @param kind GENERATE or EMBED
   */
  public record Served(String capability, RequestKind kind) {

    public Served {
      if (kind.isLookup()) {
        throw new IllegalArgumentException("kind: " + kind + " (expected: GENERATE or EMBED)");
      }
    }
  }

  /**
   * What to do.
   *
   * @param records that are hostile
   */
  public record Plan(
      KafkaClients kafka, TopicNames topics, List<Served> capabilities, int records, long seed) {

    public Plan {
      capabilities = List.copyOf(capabilities);
      if (records < 1) {
        throw new IllegalArgumentException("records: " + records + " (expected: >= 1)");
      }
    }
  }

  /**
   * @param troubles of the services, which run in this JVM and are ready
   * @param progress hears what is being done
   */
  public FuzzRun(Plan plan, Supplier<List<Health.Down>> troubles, Consumer<String> progress) {
    this.plan = plan;
    this.troubles = troubles;
    this.progress = progress;
  }

  public FuzzReport run() {
    Map<String, Object> settings =
        Map.of("max.request.size", 2 << 20, "max.in.flight.requests.per.connection", "5");
    try (Producer<byte[], byte[]> producer = plan.kafka().newProducer("fuzz", settings);
        Admin admin = plan.kafka().newAdmin("fuzz")) {
      return run(producer, admin);
    }
  }

  private FuzzReport run(Producer<byte[], byte[]> producer, Admin admin) {
    var good =
        new GoodRequests(
            plan.kafka(), plan.topics(), producer, plan.capabilities(), new Random(plan.seed()));
    var sampled =
        new GoodRequests(
            plan.kafka(), plan.topics(), producer, plan.capabilities(), new Random(~plan.seed()));
    progress.accept("requests before");
    List<byte[]> ended = sampled.send(SAMPLE, now()).stream().map(RequestId::bytes).toList();
    good.send(GOOD, now());
    awaitAll(good, "before");
    awaitAll(sampled, "before");
    Set<Thread> owners = OwnerThreads.running();
    int written = vandalise(producer, good, ended);
    Map<TopicPartition, Long> ends = ends(admin);
    progress.accept("requests after");
    good.send(GOOD, now());
    List<String> findings = new ArrayList<>(unanswered(good));
    findings.addAll(stuck(admin, ends));
    findings.addAll(good.findings());
    findings.addAll(OwnerThreads.ended(owners));
    findings.addAll(unhealthy());
    findings.addAll(differences());
    return new FuzzReport(plan.seed(), written, good.count(), findings);
  }

  private int vandalise(Producer<byte[], byte[]> producer, GoodRequests good, List<byte[]> ended) {
    var hostile = new HostileRecords(plan.topics(), plan.seed(), samples(), ended);
    Map<String, Integer> partitions = new HashMap<>();
    for (String topic : targets()) {
      partitions.put(topic, producer.partitionsFor(topic).size());
    }
    int round = Math.max(1, plan.records() / ROUNDS);
    int written = 0;
    while (written < plan.records()) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < round && written < plan.records(); i++, written++) {
        sent.add(producer.send(hostile.next(partitions)));
      }
      sent.forEach(Futures::get);
      good.send(GOOD, now());
      progress.accept(written + " hostile records");
    }
    return written;
  }

  private List<String> targets() {
    TopicNames topics = plan.topics();
    return List.of(
        topics.intake(),
        topics.tokens(),
        topics.control(),
        topics.workers(),
        topics.prices(),
        topics.quotas());
  }

  /** What the services wrote for requests that are no longer of interest. */
  private Map<String, List<byte[]>> samples() {
    Map<String, List<byte[]>> samples = new HashMap<>();
    TopicNames topics = plan.topics();
    for (String topic : targets()) {
      samples.put(topic, values(topic));
    }
    List<byte[]> requests = new ArrayList<>();
    for (Served served : plan.capabilities()) {
      requests.addAll(values(topics.requests(new Capability(served.capability()), Priority.BATCH)));
    }
    samples.put(topics.intake(), requests);
    return samples;
  }

  private List<byte[]> values(String topic) {
    List<byte[]> values = new ArrayList<>();
    TopicLog.read(
        plan.kafka(), topic, record -> Optional.ofNullable(record.value()).ifPresent(values::add));
    return values;
  }

  private void awaitAll(GoodRequests requests, String when) {
    if (!await(() -> requests.missing() == 0)) {
      throw new IllegalStateException(
          requests.missing() + " requests " + when + " have no result after " + PATIENCE);
    }
  }

  private List<String> unanswered(GoodRequests good) {
    return await(() -> good.missing() == 0)
        ? List.of()
        : List.of(good.missing() + " good requests have no result after " + PATIENCE);
  }

  private List<String> unhealthy() {
    await(() -> troubles.get().isEmpty());
    return troubles.get().stream().map(down -> down.part() + ": " + down.why()).toList();
  }

  private Map<TopicPartition, Long> ends(Admin admin) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    offsets(admin).keySet().forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    Futures.get(admin.listOffsets(wanted).all())
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  /** The partitions whose readers do not get beyond what is there. */
  private List<String> stuck(Admin admin, Map<TopicPartition, Long> ends) {
    await(() -> behind(admin, ends).isEmpty());
    return behind(admin, ends);
  }

  private static List<String> behind(Admin admin, Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> offsets = offsets(admin);
    return ends.entrySet().stream()
        .filter(end -> offsets.getOrDefault(end.getKey(), 0L) < end.getValue())
        .map(
            end ->
                "%s sticks at %s (expected: %d)"
                    .formatted(end.getKey(), offsets.get(end.getKey()), end.getValue()))
        .toList();
  }

  /** The lowest committed offset of each partition that a group reads. */
  private static Map<TopicPartition, Long> offsets(Admin admin) {
    Map<TopicPartition, Long> lowest = new HashMap<>();
    for (String group : groups(admin)) {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          Futures.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
      offsets.forEach(
          (partition, at) -> {
            if (at != null) {
              lowest.merge(partition, at.offset(), Math::min);
            }
          });
    }
    return lowest;
  }

  private static Collection<String> groups(Admin admin) {
    return Futures.get(
            admin
                .listGroups(org.apache.kafka.clients.admin.ListGroupsOptions.forConsumerGroups())
                .all())
        .stream()
        .map(org.apache.kafka.clients.admin.GroupListing::groupId)
        .collect(Collectors.toSet());
  }

  private List<String> differences() {
    progress.accept("counting again");
    try (LedgerAudit audit =
        new LedgerAudit(
            plan.kafka(),
            plan.topics(),
            new LedgerAudit.Range(Instant.MIN, Instant.MAX),
            InstantSource.system(),
            System::nanoTime)) {
      AuditReport report = audit.audit(PATIENCE);
      return report.differences().stream().limit(MOST_SHOWN).map("usage: "::concat).toList();
    }
  }

  private static boolean await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  private static long now() {
    return InstantSource.system().millis();
  }
}
