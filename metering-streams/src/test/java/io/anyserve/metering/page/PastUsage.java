package io.anyserve.metering.page;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.LedgerEntry.Times;
import io.anyserve.contracts.event.LedgerEntry.Volume;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceSchedule;
import io.anyserve.contracts.event.ServedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Makes up the ledger of three tenants over 90 days, in order of the requests' ends: more by day
 * than at night, more on weekdays, and much more since yesterday. The first tenant has 10,000
 * sessions or more. One thread.
 */
final class PastUsage {

  static final List<TenantId> TENANTS =
      List.of(new TenantId("acme"), new TenantId("globex"), new TenantId("initech"));

  private static final List<Double> TENANT_SHARES = List.of(0.6, 0.25, 0.15);
  private static final int DAYS = 90;
  private static final int SESSIONS = 10_000;
  private static final int BUSY_SESSIONS = 12;
  private static final double BUSY = 0.35;
  private static final List<String> KEYS =
      List.of("web", "mobile", "support-bot", "nightly", "search", "ci", "notebook", "partner");
  private static final List<Model> MODELS =
      List.of(
          new Model("chat", "story-15m", 260),
          new Model("chat", "qwen2.5-0.5b", 210),
          new Model("summary", "qwen2.5-0.5b", 90),
          new Model("embedding", "minilm-l6", 0),
          new Model("rerank", "bge-small", 0));
  private static final List<Double> MODEL_SHARES = List.of(0.44, 0.27, 0.16, 0.09, 0.04);

  private final String tokens;
  private final PriceSchedule prices = prices();
  private final Random random = new Random(7);
  private final int[] sessions = new int[TENANTS.size()];
  private long count;

  /**
   * @param tokens the topic that the entries are said to come from
   */
  PastUsage(String tokens) {
    this.tokens = tokens;
  }

  /**
   * What answers.
   *
   * @param completion usual tokens of an answer
   */
  private record Model(String capability, String name, int completion) {}

  /** Prices of all models in dollars. */
  static PriceSchedule prices() {
    var price = new PriceBook.Price(150_000, 600_000, 75_000, 20);
    var all = Map.of(PriceBook.ANY, price);
    return PriceSchedule.of(List.of(new PriceBook("2026-01", Instant.EPOCH, "USD", all)));
  }

  /** Hands out all entries that ended before. */
  void until(Instant now, Consumer<LedgerEntry> ledger) {
    Instant first = now.truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(DAYS - 1L));
    for (Instant hour = first; hour.isBefore(now); hour = hour.plus(Duration.ofHours(1))) {
      long requests = Math.round(requestsAt(hour, now));
      for (int i = 0; i < requests; i++) {
        Instant ended = hour.plusMillis((long) (3_600_000 * (i + random.nextDouble()) / requests));
        if (ended.isBefore(now)) {
          ledger.accept(entry(ended));
        }
      }
    }
  }

  private static double requestsAt(Instant hour, Instant now) {
    double age = Duration.between(hour, now).toHours();
    var calendar = hour.atOffset(ZoneOffset.UTC);
    double daylight = 1 + 0.4 * Math.sin((calendar.getHour() - 8) / 24.0 * 2 * Math.PI);
    double week = calendar.getDayOfWeek().getValue() < 6 ? 1 : 0.7;
    return (13 + 200 * Math.exp(-age / 24)) * daylight * week;
  }

  private LedgerEntry entry(Instant ended) {
    int tenant = one(TENANT_SHARES);
    Model model = MODELS.get(one(MODEL_SHARES));
    Outcome outcome = outcome();
    boolean taken = outcome != Outcome.FAILED || random.nextInt(4) > 0;
    TokenUsage usage = taken ? usage(model) : TokenUsage.NONE;
    long first = 20 + (long) (600 * Math.pow(random.nextDouble(), 4));
    Duration engine =
        Duration.ofMillis(taken ? first + (4 + random.nextInt(5)) * usage.completion() : 0);
    Instant started = ended.minus(engine).minusMillis(random.nextInt(200));
    String answered = taken ? model.name() : "";
    return new LedgerEntry(
        RequestId.next(started.toEpochMilli(), random),
        context(tenant, model, started),
        taken ? new ServedBy(model.capability(), answered, "worker-1", 1, false) : ServedBy.NOBODY,
        outcome,
        outcome != Outcome.FAILED ? "" : taken ? "ENGINE_FAILED" : "NO_WORKER",
        usage,
        usage.completion() / 4,
        new Volume(4 * usage.prompt(), 4 * usage.completion()),
        engine,
        new Times(
            taken ? Optional.of(started) : Optional.empty(),
            usage.completion() > 0 ? Optional.of(started.plusMillis(first)) : Optional.empty(),
            ended),
        prices.charge(ended, answered, usage, outcome == Outcome.FINISHED),
        Optional.of(new TopicOffset(tokens, 1, count++)));
  }

  private RequestContext context(int tenant, Model model, Instant started) {
    return new RequestContext(
        TENANTS.get(tenant),
        session(tenant),
        KEYS.get((int) (KEYS.size() * random.nextDouble() * random.nextDouble())),
        new Capability(model.capability()),
        Map.of(),
        started,
        false);
  }

  /** A few that come again and again, and all others in turn. */
  private SessionId session(int tenant) {
    double dice = random.nextDouble();
    int number =
        dice < BUSY
            ? (int) (BUSY_SESSIONS * Math.pow(dice / BUSY, 2))
            : BUSY_SESSIONS + sessions[tenant]++ % SESSIONS;
    return new SessionId("session-%05d".formatted(number));
  }

  private Outcome outcome() {
    int dice = random.nextInt(100);
    return dice < 6 ? Outcome.FAILED : dice < 8 ? Outcome.CANCELLED : Outcome.FINISHED;
  }

  private TokenUsage usage(Model model) {
    long prompt = 40L + random.nextInt(400);
    int usual = model.completion();
    long completion = usual == 0 ? 0 : usual / 2L + random.nextInt(usual);
    return new TokenUsage(prompt, completion, random.nextInt(3) == 0 ? prompt / 2 : 0);
  }

  private int one(List<Double> shares) {
    double dice = random.nextDouble();
    int chosen = 0;
    while (chosen < shares.size() - 1 && dice >= shares.get(chosen)) {
      dice -= shares.get(chosen++);
    }
    return chosen;
  }
}
