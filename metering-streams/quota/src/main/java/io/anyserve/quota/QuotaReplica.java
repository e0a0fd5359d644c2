package io.anyserve.quota;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.ConsumerLoop;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code quotas} from its latest snapshot on, and knows how every quota stands. Its own
 * thread folds and tells what the records meant; any thread may ask. Healthy once everything that
 * was there at the start is folded.
 *
 * <p>It reads uncommitted. The only records that are written in transactions are those of the
 * ledger, and one that is aborted is written again with the same numbers, as a line is a function
 * of the records of {@code tokens}; the second one then finds its reservation settled.
 */
public final class QuotaReplica implements Component {

  private static final Logger log = LoggerFactory.getLogger(QuotaReplica.class);
  private static final Duration POLL = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final String topic;
  private final Duration between;
  private final Consumer<QuotaTransition> onDecision;
  private final QuotaSnapshotStore snapshots;
  private final PartitionedQuotaState table = new PartitionedQuotaState();
  private final ConsumerLoop<KafkaConsumer<byte[], byte[]>> loop;
  private final ScheduledExecutorService saver =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("quota-snapshots").daemon().factory());
  private boolean loaded;
  private volatile boolean known;

  /**
   * Not connected yet.
   *
   * @param client names its Kafka clients
   * @param between snapshots; zero to write none
   * @param onDecision what each record meant, in log order; must not block
   */
  public QuotaReplica(
      KafkaClients kafka,
      TopicNames topics,
      String client,
      Duration between,
      Consumer<QuotaTransition> onDecision) {
    this.topic = topics.quotas();
    this.between = between;
    this.onDecision = onDecision;
    this.snapshots = new QuotaSnapshotStore(kafka, topics, client);
    this.loop =
        new ConsumerLoop<>(
            "quota-log",
            new Health.Down("topic " + topic, "not read to its end yet"),
            PAUSE,
            () ->
                kafka.newAssignedConsumer(
                    client + "-quotas", IsolationLevel.READ_UNCOMMITTED, KafkaClients.LONG_FETCHES),
            this::begin,
            (_, down) -> down);
  }

  @Override
  public void start() {
    loop.start();
    if (between.isPositive()) {
      var _ =
          saver.scheduleWithFixedDelay(
              this::trySnapshot, between.toMillis(), between.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public Health health() {
    return loop.health();
  }

  /**
   * Some limit applies, as far as was read.
   *
   * @throws FailureException BROKER_UNAVAILABLE until the topic was read to its end once
   */
  public boolean limits(QuotaSubject subject) {
    requireKnown();
    return table.limits(subject);
  }

  /** Some limit of the cost applies, so that a reservation has to say what it may cost. */
  public boolean limitsCost(QuotaSubject subject) {
    TenantQuotaPolicies policies = table.policies(subject.tenant());
    return policies.scopes(subject).stream()
        .flatMap(scope -> policies.limits(scope).stream())
        .anyMatch(limit -> limit.unit() == QuotaUnit.COST);
  }

  /** The limit of which a request finds the smallest part left; empty where none applies. */
  public Optional<LimitStatus> tightest(QuotaSubject subject, Instant now) {
    return table.tightest(subject, now);
  }

  /**
   * The quotas of a tenant.
   *
   * @throws FailureException BROKER_UNAVAILABLE while nobody can know
   */
  public QuotaStatus view(TenantId tenant, Instant now) {
    requireKnown();
    return table.view(tenant, now);
  }

  /**
   * Tenants with a policy, by name.
   *
   * @throws FailureException BROKER_UNAVAILABLE while nobody can know
   */
  public List<TenantId> tenants() {
    requireKnown();
    return table.tenants();
  }

  /** Once it was read to its end: those without a quota do not depend on it any more. */
  private void requireKnown() {
    if (!known) {
      throw new FailureException(
          FailureCode.BROKER_UNAVAILABLE, "quotas: " + topic + " is not read to its end yet");
    }
  }

  /** Writes a snapshot now, whatever the time; returns when it is in the log. */
  public synchronized void snapshot() {
    snapshots.write(table.unsaved());
  }

  private ConsumerLoop.Step begin(KafkaConsumer<byte[], byte[]> consumer) {
    load();
    QuotaConsumer reader = new QuotaConsumer(consumer, topic, table, onDecision);
    reader.begin();
    return () -> step(reader);
  }

  /** Once: afterwards the folds know more than any snapshot. */
  private void load() {
    if (!loaded) {
      table.load(snapshots.read());
      loaded = true;
    }
  }

  private void step(QuotaConsumer reader) {
    if (reader.caughtUp()) {
      known = true;
      loop.up();
    }
    reader.step(POLL);
  }

  private void trySnapshot() {
    try {
      snapshot();
    } catch (RuntimeException | Error e) {
      log.error("Failed to write a quota snapshot", e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    loop.close();
    saver.close();
    if (between.isPositive() && known) {
      snapshot();
    }
    snapshots.close();
  }
}
