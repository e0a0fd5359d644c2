package io.anyserve.metering.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TenantPartition;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.contracts.topic.TopicSpec;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.metering.BillingServices;
import io.anyserve.metering.Metering;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.metering.aggregate.LedgerEntryValidator;
import io.anyserve.metering.api.UsageApi;
import io.anyserve.metering.http.ChatLink;
import io.anyserve.metering.http.PageContext;
import io.anyserve.metering.http.UsageHttp;
import io.anyserve.metering.prices.PriceCalculator;
import io.anyserve.metering.query.service.StreamsPartitionOwners;
import io.anyserve.quota.LimitStatus;
import io.anyserve.quota.Period;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaScope;
import io.anyserve.quota.QuotaUnit;
import io.anyserve.runtime.ComponentGroup;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/**
 * Metering as it runs everywhere, on a broker of its own: a ledger of the past is counted, and what
 * is used now goes through the topic {@code tokens}.
 */
final class RealPage implements PageServer {

  private static final TopicNames TOPICS = new TopicNames("page.");
  private static final TopicPartitioning SIZES = new TopicPartitioning(2, 1, 2, 1, 1);
  private static final TenantId TENANT = PastUsage.TENANTS.getFirst();
  private static final String KEY = "secret-of-acme";
  private static final String ADMIN_KEY = "secret-of-the-operator";
  private static final String CHAT = "https://chat.example/";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final InstantSource clock;
  private final EmbeddedBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Metering metering;
  private final UsageHttp http;
  private final ComponentGroup parts;
  private final Random random = new Random(1);

  private RealPage(Path directory, EmbeddedBroker broker, InstantSource clock) {
    KafkaClients kafka = KafkaClients.of(broker.bootstrapServers());
    var settings = MeteringConfig.of(kafka, TOPICS, directory.resolve("state"), 1);
    this.clock = clock;
    this.broker = broker;
    this.producer = kafka.newProducer("page", Map.of("linger.ms", "5"));
    PriceCalculator prices = PastUsage.prices()::charge;
    this.metering =
        new Metering(settings, new SimpleMeterRegistry(), clock, BillingServices.NONE.with(prices));
    UsageApi api = api(settings);
    this.http = api.http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), keys());
    this.parts = new ComponentGroup(List.of(metering, api, http));
  }

  /** Returns when all of the past is counted. */
  static RealPage start(Path directory, InstantSource clock) throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    RealPage page = new RealPage(directory, broker, clock);
    try {
      page.start();
      return page;
    } catch (Exception | AssertionError e) {
      page.close();
      throw e;
    }
  }

  private void start() throws Exception {
    createTopics();
    parts.start();
    Map<TenantId, Long> written = writePast();
    Awaitility.await("the past is counted")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> written.entrySet().stream().allMatch(this::counted));
  }

  private UsageApi api(MeteringConfig settings) {
    return new UsageApi(
        new UsageApi.Sources(
            metering,
            new StreamsPartitionOwners(metering, settings.server()),
            (tenant, count) -> List.of(TenantPartition.of(tenant, count)),
            this::quotas,
            new PageContext(
                () -> PastUsage.prices().at(clock.instant()).map(PriceBook::currency),
                Optional.of(new ChatLink(URI.create(CHAT))))),
        settings.kafka(),
        TOPICS,
        settings.retention(),
        clock);
  }

  private static ApiKeys keys() {
    return new ApiKeys(
        List.of(
            new ApiKey("web", sha256(KEY), TENANT, false),
            new ApiKey("operator", sha256(ADMIN_KEY), new TenantId("operations"), true)));
  }

  private static String sha256(String secret) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void createTopics() throws InterruptedException {
    try (Admin admin = KafkaClients.of(broker.bootstrapServers()).newAdmin("page")) {
      new TopicAdmin(admin, 1)
          .create(
              new TopicCatalogue(TOPICS, SIZES).fixed().stream().map(RealPage::asWritten).toList());
    }
  }

  /** Lets the ledger say when its lines were written, as they are all written now. */
  private static TopicSpec asWritten(TopicSpec spec) {
    if (!spec.name().equals(TOPICS.usage())) {
      return spec;
    }
    Map<String, String> settings = new HashMap<>(spec.settings());
    settings.put("message.timestamp.type", "CreateTime");
    return new TopicSpec(
        spec.name(), spec.purpose(), spec.key(), spec.value(), spec.partitions(), settings);
  }

  /** How many lines each tenant has. */
  private Map<TenantId, Long> writePast() {
    Map<TenantId, Long> written = new HashMap<>();
    new PastUsage(TOPICS.tokens())
        .until(
            clock.instant(),
            line -> {
              write(line);
              written.merge(line.context().tenant(), 1L, Long::sum);
            });
    producer.flush();
    return written;
  }

  private void write(LedgerEntry line) {
    var at =
        new TopicPartition(
            TOPICS.usage(), TenantPartition.of(line.context().tenant(), SIZES.usage()));
    var record =
        new ProducerRecord<>(
            at.topic(),
            at.partition(),
            line.times().endedAt().toEpochMilli(),
            line.request().bytes(),
            UsageCodec.encode(line));
    record.headers().add("ce_type", LedgerEntryValidator.TYPE.getBytes(UTF_8));
    var _ = producer.send(record);
  }

  private boolean counted(Map.Entry<TenantId, Long> written) {
    return metering.tenant(written.getKey()).map(TenantUsage::totals).orElseThrow().requests()
        == written.getValue();
  }

  /** Of any tenant: much, little and nothing is left. */
  private List<LimitStatus> quotas(TenantId tenant) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    Instant midnight = today.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant monthEnd =
        today.withDayOfMonth(1).plusMonths(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    QuotaScope all = new QuotaScope.OfTenant(tenant);
    return List.of(
        new LimitStatus(
            all,
            new QuotaLimit(QuotaUnit.TOKENS, Period.DAY, 40_000_000),
            1_400_000,
            120_000,
            midnight),
        new LimitStatus(
            all,
            new QuotaLimit(QuotaUnit.COST, Period.MONTH, 900_000_000),
            880_000_000,
            0,
            monthEnd),
        new LimitStatus(
            new QuotaScope.OfKey(tenant, "nightly"),
            new QuotaLimit(QuotaUnit.REQUESTS, Period.DAY, 5_000),
            5_000,
            0,
            midnight));
  }

  @Override
  public URI address() {
    return URI.create("http://127.0.0.1:" + http.address().getPort());
  }

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String tenant() {
    return TENANT.value();
  }

  @Override
  public String chat() {
    return CHAT;
  }

  @Override
  public String adminKey() {
    return ADMIN_KEY;
  }

  @Override
  public void use(long promptTokens, long completionTokens) {
    RequestId request = RequestId.next(clock.millis(), random);
    TokenUsage usage = new TokenUsage(promptTokens, completionTokens, 0);
    int[] ids = IntStream.range(0, (int) completionTokens).toArray();
    send(request, started(promptTokens));
    send(request, new TokenEvent.Chunk(0, TokenIds.of(ids), "so", Optional.empty()));
    send(
        request,
        new TokenEvent.Finished(
            FinishReason.STOP, usage, Optional.empty(), Duration.ofMillis(120)));
  }

  private TokenEvent started(long promptTokens) {
    Capability chat = new Capability("chat");
    return new TokenEvent.Started(
        new RequestContext(
            TENANT, new SessionId("session-of-now"), "web", chat, Map.of(), clock.instant(), false),
        new WorkerId("worker-1"),
        chat,
        "story-15m",
        promptTokens,
        4 * promptTokens,
        false,
        Optional.empty());
  }

  private void send(RequestId request, TokenEvent event) {
    byte[] value = TokenCodec.encode(new TokenRecord(request, 1, 1, event));
    var _ = producer.send(new ProducerRecord<>(TOPICS.tokens(), 0, request.bytes(), value));
  }

  @Override
  public void close() {
    parts.close();
    producer.close();
    broker.close();
  }
}
