package io.anyserve.quota;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.quota.QuotaEvent.PolicyChanged;
import io.anyserve.quota.QuotaEvent.Release;
import io.anyserve.quota.QuotaEvent.Reserve;
import io.anyserve.quota.QuotaEvent.Settle;
import io.anyserve.quota.ReservationDecision.Granted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes what many ingresses and a ledger would write, in an order that a seed chooses. */
final class RandomQuotaLog {

  private static final Duration HOLD = Duration.ofMinutes(2);

  static final TenantId ACME = new TenantId("acme");
  static final TenantId OTHER = new TenantId("other");

  private final Random random;
  private final boolean late;
  private final List<Running> running = new ArrayList<>();
  private Instant now = Instant.parse("2026-03-31T23:50:00Z");
  private long offset;
  private long requests;

  private record Running(QuotaTransition.Decided let, Instant until) {}

  /** One record with its place and time. */
  record Entry(long offset, Instant time, QuotaEvent event) {}

  /**
   * @param late whether ledger lines come for what was released or has expired, too
   */
  RandomQuotaLog(long seed, boolean late) {
    this.random = new Random(seed);
    this.late = late;
  }

  List<Entry> policies() {
    return List.of(
        entry(policy("acme", limit(QuotaUnit.TOKENS, Period.MINUTE, 500))),
        entry(
            policy(
                "acme/key/*",
                limit(QuotaUnit.REQUESTS, Period.DAY, 40),
                limit(QuotaUnit.COST, Period.MONTH, 9_000))),
        entry(policy("acme/session/s1", limit(QuotaUnit.TOKENS, Period.DAY, 900))),
        entry(policy("other", limit(QuotaUnit.REQUESTS, Period.MINUTE, 3))));
  }

  static PolicyChanged policy(String scope, QuotaLimit... limits) {
    return new PolicyChanged(new QuotaPolicy(QuotaScope.parse(scope), List.of(limits)));
  }

  static QuotaLimit limit(QuotaUnit unit, Period period, long amount) {
    return new QuotaLimit(unit, period, amount);
  }

  /** The next record; sometimes one that was there before, or of a request that nobody knows. */
  Entry next() {
    now = now.plusMillis(random.nextInt(4_000));
    running.removeIf(one -> !late && !one.until().isAfter(now));
    int what = random.nextInt(10);
    if (what < 6 || running.isEmpty()) {
      return entry(reserve());
    }
    Running of = running.get(random.nextInt(running.size()));
    boolean release = what == 6;
    if (random.nextInt(4) > 0 || (release && !late)) {
      running.remove(of);
    }
    return entry(release ? release(of.let()) : settle(of.let()));
  }

  private Reserve reserve() {
    TenantId tenant = random.nextInt(4) == 0 ? OTHER : ACME;
    var subject =
        new QuotaSubject(
            new RequestId(7, ++requests),
            tenant,
            random.nextBoolean() ? "k" + random.nextInt(2) : "",
            new SessionId("s" + random.nextInt(3)));
    var requested =
        new QuotaRequest(
            random.nextInt(20), 1 + random.nextInt(100), new Price(900_000, 2_500_000, 100_000, 3));
    return new Reserve(subject, random.nextLong(), requested, now.plus(HOLD));
  }

  private static Release release(QuotaTransition.Decided of) {
    return new Release(of.subject().tenant(), of.subject().request(), of.nonce());
  }

  private Settle settle(QuotaTransition.Decided of) {
    long budget = ((Granted) of.verdict()).budget().orElse(50);
    var used = new QuotaAmounts(random.nextLong(budget + 1), 1, 0);
    return new Settle(of.subject().tenant(), of.subject().request(), used);
  }

  /** What a reader made of it: the log goes on from there. */
  void heard(QuotaTransition effect) {
    if (effect instanceof QuotaTransition.Decided judged && judged.verdict() instanceof Granted) {
      running.add(new Running(judged, now.plus(HOLD)));
    }
  }

  private Entry entry(QuotaEvent event) {
    return new Entry(offset++, now, event);
  }
}
