package io.anyserve.ingress;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.ingress.admission.AdmissionPolicy;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.prices.PriceBooks;
import io.anyserve.ingress.quota.PriceTable;
import io.anyserve.ingress.quota.QuotaAdmission;
import io.anyserve.ingress.quota.QuotaConfig;
import io.anyserve.quota.Period;
import io.anyserve.quota.QuotaCodec;
import io.anyserve.quota.QuotaEvent.PolicyChanged;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaPolicy;
import io.anyserve.quota.QuotaScope;
import io.anyserve.quota.QuotaUnit;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.WorkerRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for a quota is answered whatever is thrown on the thread that reads the quotas. */
@Timeout(300)
final class QuotaAdmissionIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final TenantId TENANT = new TenantId("limited");

  private final List<Failure> told = new CopyOnWriteArrayList<>();
  private final AtomicInteger readings = new AtomicInteger(Integer.MAX_VALUE);
  private IngressTestLog log;
  private RequestPublisher requests;
  private QuotaAdmission gate;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    log = IngressTestLog.start(directory);
    requests =
        new RequestPublisher(
            () -> log.kafka().newProducer("gate", RequestPublisher.PRODUCER_SETTINGS),
            IngressTestLog.TOPICS,
            _ -> true);
    gate =
        new QuotaAdmission(
            new QuotaConfig(2, false, Duration.ofSeconds(10)),
            log.kafka(),
            IngressTestLog.TOPICS,
            requests,
            new PriceTable(new WorkerRegistry(InstantSource.system()), new PriceBooks()),
            new QuotaAdmission.Clocks(this::now, System::nanoTime, new Random(1)::nextLong));
    requests.start();
    gate.start();
  }

  private Instant now() {
    if (readings.getAndDecrement() <= 0) {
      throw new IllegalStateException("thrown on purpose by a test");
    }
    return Instant.now();
  }

  @AfterEach
  void stop() throws InterruptedException {
    gate.close();
    requests.close();
    log.close();
  }

  @Test
  void aFaultWhenItIsLetIn() throws Exception {
    limit(10);
    gate.pass(
        request(1), new AdmissionPolicy.Callbacks(QuotaAdmissionIT::fail, told::add, _ -> {}));

    assertTold();
  }

  /** The limit has nothing left, and the clock fails when that is to be told. */
  @Test
  void aFaultWhenItIsRefused() throws Exception {
    limit(0);
    readings.set(1); // the reservation needs one
    gate.pass(
        request(2), new AdmissionPolicy.Callbacks(QuotaAdmissionIT::fail, told::add, _ -> {}));

    assertTold();
  }

  private static void fail(InferenceRequest request) {
    throw new IllegalStateException("thrown on purpose by a test: " + request.id());
  }

  private void assertTold() {
    await().atMost(PATIENCE).until(() -> !told.isEmpty());
    assertEquals(List.of(Failure.unforeseen()), told);
  }

  private void limit(long amount) throws Exception {
    var limit = new QuotaLimit(QuotaUnit.REQUESTS, Period.DAY, amount);
    var policy = new QuotaPolicy(new QuotaScope.OfTenant(TENANT), List.of(limit));
    log.append(
        new ProducerRecord<>(
            IngressTestLog.TOPICS.quotas(),
            QuotaCodec.key(TENANT),
            QuotaCodec.encode(new PolicyChanged(policy))));
    await().atMost(PATIENCE).until(() -> gate.health().equals(Health.UP));
    await().atMost(PATIENCE).until(() -> gate.view(TENANT).policies().contains(policy));
  }

  private static InferenceRequest request(long number) {
    return new InferenceRequest(
        new RequestId(1, number),
        new RequestContext(
            TENANT, new SessionId("s"), "", IngressTestLog.STORY, Map.of(), Instant.now(), false),
        new Text("Once"),
        GenerationParameters.greedy(3),
        RoutingMetadata.interactive(new ReplyTo(0, 0), Instant.now().plusSeconds(60)));
  }
}
