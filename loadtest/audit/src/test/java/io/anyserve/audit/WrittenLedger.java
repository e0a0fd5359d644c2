package io.anyserve.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** The topics as metering would leave them, written by hand; every part can be written wrongly. */
public final class WrittenLedger implements AutoCloseable {

  public static final TenantId ACME = new TenantId("acme");
  public static final long PROMPT = 5;

  private final TopicNames topics;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<SessionId, SessionUsage> sessions = new HashMap<>();
  private final Map<AggregateKey, UsageTotals> totals = new HashMap<>();

  public WrittenLedger(KafkaClients kafka, TopicNames topics) throws InterruptedException {
    this.topics = topics;
    try (var admin = kafka.newAdmin("test")) {
      new TopicAdmin(admin, 1)
          .create(new TopicCatalogue(topics, TopicPartitioning.STANDALONE).fixed());
    }
    producer = kafka.newProducer("test", Map.of());
  }

  /** Tokens of a whole request; returns its line, which is not written yet. */
  public LedgerEntry request(int number, int tokens) {
    RequestId id = new RequestId(3, number);
    SessionId session = new SessionId("s" + number % 2);
    RequestContext context =
        new RequestContext(
            ACME, session, "key", new Capability("story"), Map.of(), Instant.EPOCH, false);
    int partition = number % 2;
    RecordMetadata first =
        token(
            partition,
            id,
            new Started(
                context,
                new WorkerId("w"),
                new Capability("story"),
                "m",
                PROMPT,
                0,
                false,
                Optional.empty()));
    int[] ids = IntStream.range(0, tokens).toArray();
    token(partition, id, new Chunk(0, TokenIds.of(ids), "x", Optional.empty()));
    TokenUsage usage = new TokenUsage(PROMPT, tokens, 0);
    RecordMetadata end =
        token(
            partition,
            id,
            new Finished(FinishReason.STOP, usage, Optional.empty(), Duration.ofMillis(3)));
    return new LedgerEntry(
        id,
        context,
        new ServedBy("story", "m", "w", 1, false),
        Outcome.FINISHED,
        "",
        usage,
        1,
        new LedgerEntry.Volume(0, 1),
        Duration.ofMillis(3),
        new LedgerEntry.Times(
            Optional.of(Instant.ofEpochMilli(first.timestamp())),
            Optional.empty(),
            Instant.ofEpochMilli(end.timestamp())),
        new Cost(17, "v1"),
        Optional.of(new TopicOffset(topics.tokens(), partition, end.offset())));
  }

  /** Writes the request's end once more, and saying more. */
  public void endAgain(LedgerEntry line) {
    int partition = line.source().orElseThrow().partition();
    for (int more : new int[] {0, 1}) {
      TokenUsage usage = line.usage().plus(new TokenUsage(0, more, 0));
      token(
          partition,
          line.request(),
          new Finished(FinishReason.STOP, usage, Optional.empty(), line.engineTime()));
    }
  }

  private RecordMetadata token(int partition, RequestId id, TokenEvent event) {
    byte[] value = TokenCodec.encode(new TokenRecord(id, 1, 9, event));
    return send(new ProducerRecord<>(topics.tokens(), partition, id.bytes(), value));
  }

  /** Writes it, and counts it in the sums. */
  public void bill(LedgerEntry line) {
    line(line);
    sessions.merge(line.context().session(), SessionUsage.of(line), (sum, _) -> sum.plus(line));
    AggregateKey.of(line)
        .forEach(key -> totals.merge(key, UsageTotals.of(line), UsageTotals::plus));
  }

  public void line(LedgerEntry line) {
    send(new ProducerRecord<>(topics.usage(), line.request().bytes(), UsageCodec.encode(line)));
  }

  /** Writes all sums as they are. */
  public void sums() {
    sessions.values().forEach(this::session);
    totals.forEach(this::sum);
  }

  public SessionUsage session(String name) {
    return java.util.Objects.requireNonNull(sessions.get(new SessionId(name)));
  }

  public void session(SessionUsage usage) {
    String key = usage.tenant() + "/" + usage.session();
    send(
        new ProducerRecord<>(topics.sessionUsage(), key.getBytes(UTF_8), UsageCodec.encode(usage)));
  }

  public UsageTotals total(AggregateKey key) {
    return java.util.Objects.requireNonNull(totals.get(key));
  }

  public AggregateKey aWindow() {
    return totals.keySet().stream()
        .filter(AggregateKey.OfWindow.class::isInstance)
        .findAny()
        .orElseThrow();
  }

  public void sum(AggregateKey key, UsageTotals sum) {
    byte[] name = key.toString().getBytes(UTF_8);
    switch (key) {
      case AggregateKey.OfSession _ -> {}
      case AggregateKey.OfTenant(TenantId tenant) ->
          send(
              new ProducerRecord<>(
                  topics.tenantUsage(),
                  name,
                  UsageAggregateCodec.encode(new TenantUsage(tenant, sum))));
      case AggregateKey.OfWindow window ->
          send(
              new ProducerRecord<>(
                  topics.usageWindows(),
                  name,
                  UsageAggregateCodec.encode(
                      new UsageWindow(
                          window.tenant(), window.size(), window.start(), window.series(), sum))));
    }
  }

  RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
    try {
      return producer.send(record).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
