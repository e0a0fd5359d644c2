package io.anyserve.cli.quota;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.quota.QuotaCodec;
import io.anyserve.quota.QuotaEvent.PolicyChanged;
import io.anyserve.quota.QuotaPolicy;
import io.anyserve.quota.QuotaReplica;
import io.anyserve.quota.QuotaStatus;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The quotas as the log has them: reads them to their end, and changes policies. A change is also
 * put into a snapshot at once, so that it outlives the topic's retention even where nothing else
 * runs.
 */
public final class QuotaAdmin implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long LOOK_MILLIS = 20;

  private final KafkaClients kafka;
  private final TopicNames topics;
  private final QuotaReplica log;
  private final Semaphore heard = new Semaphore(0);

  private QuotaAdmin(KafkaClients kafka, TopicNames topics) {
    this.kafka = kafka;
    this.topics = topics;
    this.log =
        new QuotaReplica(kafka, topics, "anyserve-quota", Duration.ZERO, _ -> heard.release());
  }

  /** Read to the end; fails after {@link #PATIENCE}. */
  public static QuotaAdmin open(KafkaClients kafka, TopicNames topics) throws Exception {
    QuotaAdmin opened = new QuotaAdmin(kafka, topics);
    opened.log.start();
    try {
      opened.awaitEnd();
      return opened;
    } catch (IllegalStateException | InterruptedException e) {
      opened.close();
      throw e;
    }
  }

  private void awaitEnd() throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (log.health() instanceof Health.Down(String part, String why)) {
      if (System.nanoTime() - until > 0) {
        throw new IllegalStateException(
            part + ": " + why + " after " + PATIENCE.toSeconds() + " s");
      }
      boolean _ = heard.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  List<TenantId> tenants() {
    return log.tenants();
  }

  /** Throws {@link FailureException} when the log does not answer any more. */
  QuotaStatus view(TenantId tenant) {
    return log.view(tenant, Instant.now());
  }

  /** Returns when it holds for all who read the log. */
  public void change(QuotaPolicy policy) throws Exception {
    PolicyChanged changed = new PolicyChanged(policy);
    try (var producer = kafka.newProducer("anyserve-quota", Map.of())) {
      var record =
          new ProducerRecord<>(
              topics.quotas(), QuotaCodec.key(changed.tenant()), QuotaCodec.encode(changed));
      producer.send(record).get();
    }
    awaitPolicy(policy);
    log.snapshot();
  }

  private void awaitPolicy(QuotaPolicy policy) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!holds(policy)) {
      if (System.nanoTime() - until > 0) {
        throw new IllegalStateException("the change did not come back from the log");
      }
      boolean _ = heard.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private boolean holds(QuotaPolicy policy) {
    List<QuotaPolicy> all = view(policy.scope().tenant()).policies();
    return policy.limits().isEmpty()
        ? all.stream().noneMatch(one -> one.scope().equals(policy.scope()))
        : all.contains(policy);
  }

  @Override
  public void close() throws InterruptedException {
    log.close();
  }
}
