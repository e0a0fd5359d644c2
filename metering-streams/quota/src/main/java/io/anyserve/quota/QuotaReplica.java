package io.anyserve.quota;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
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
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final KafkaClients kafka;
  private final String topic;
  private final String client;
  private final Duration between;
  private final Consumer<QuotaTransition> heard;
  private final QuotaSnapshotStore snapshots;
  private final PartitionedQuotaState table = new PartitionedQuotaState();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "quota-log");
  private final Thread saver = new Thread(this::save, "quota-snapshots");
  private volatile boolean loaded;
  private volatile boolean caughtUp;
  private volatile boolean known;
  private volatile @Nullable KafkaConsumer<byte[], byte[]> reading;

  /**
   * Not connected yet.
   *
   * @param client names its Kafka clients
   * @param between snapshots; zero to write none
   * @param heard what each record meant, in log order; must not block
   */
  public QuotaReplica(
      KafkaClients kafka,
      TopicNames topics,
      String client,
      Duration between,
      Consumer<QuotaTransition> heard) {
    this.kafka = kafka;
    this.topic = topics.quotas();
    this.client = client;
    this.between = between;
    this.heard = heard;
    this.snapshots = new QuotaSnapshotStore(kafka, topics, client);
    thread.setDaemon(true);
    saver.setDaemon(true);
  }

  @Override
  public void start() {
    thread.start();
    if (between.isPositive()) {
      saver.start();
    }
  }

  @Override
  public Health health() {
    return caughtUp ? Health.UP : new Health.Down("topic " + topic, "not read to its end yet");
  }

  /**
   * Some limit applies, as far as was read.
   *
   * @throws FailureException BROKER_UNAVAILABLE until the topic was read to its end once
   */
  public boolean limits(QuotaSubject holder) {
    requireKnown();
    return table.limits(holder);
  }

  /** Some limit of the cost applies, so that a reservation has to say what it may cost. */
  public boolean limitsCost(QuotaSubject holder) {
    TenantQuotaPolicies policies = table.policies(holder.tenant());
    return policies.scopes(holder).stream()
        .flatMap(scope -> policies.limits(scope).stream())
        .anyMatch(limit -> limit.measure() == QuotaUnit.COST);
  }

  /** The limit of which a request finds the smallest part left; empty where none applies. */
  public Optional<LimitStatus> tightest(QuotaSubject holder, Instant now) {
    return table.tightest(holder, now);
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

  private void run() {
    while (stopping.getCount() > 0) {
      try {
        load();
        follow();
      } catch (WakeupException | InterruptException e) {
        stopping.countDown();
      } catch (KafkaException e) {
        caughtUp = false;
        log.warn("following {} starts again: {}", topic, e.getMessage());
        pause();
      } catch (RuntimeException | Error e) {
        caughtUp = false;
        log.error("following {} starts again after a fault", topic, e);
        pause();
      }
    }
  }

  /** Once: afterwards the folds know more than any snapshot. */
  private void load() {
    if (!loaded) {
      table.load(snapshots.read());
      loaded = true;
    }
  }

  private void follow() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        kafka.newAssignedConsumer(client + "-quotas", IsolationLevel.READ_UNCOMMITTED, Map.of())) {
      reading = consumer;
      QuotaConsumer reader = new QuotaConsumer(consumer, topic, table, heard);
      reader.begin();
      while (stopping.getCount() > 0) {
        caughtUp = caughtUp || reader.caughtUp();
        known = known || caughtUp;
        reader.step(POLL);
      }
    }
  }

  private void pause() {
    try {
      stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      stopping.countDown();
    }
  }

  private void save() {
    try {
      while (!stopping.await(between.toMillis(), TimeUnit.MILLISECONDS)) {
        trySnapshot();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void trySnapshot() {
    try {
      snapshot();
    } catch (RuntimeException | Error e) {
      log.error("no snapshot of quotas this time", e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping.countDown();
    @Nullable KafkaConsumer<byte[], byte[]> consumer = reading;
    if (consumer != null) {
      consumer.wakeup();
    }
    thread.join();
    saver.join();
    if (between.isPositive() && known) {
      snapshot();
    }
    snapshots.close();
  }
}
