package io.anyserve.audit;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every sum that is told is the sum of as many ledger lines as it says it is, in the order of the
 * ledger; and no line is missing in it for long. So sums can be compared while they grow. Not
 * thread-safe.
 */
final class AggregateChecks {

  /**
   * What can be asked for.
   *
   * @param linesSince the ledger is whole from then on; {@link Instant#MIN} where it always was
   * @param settledUntil a line that ended later need not be in the sums yet
   * @param now windows that are older than they are kept may be gone
   */
  record Limits(Instant linesSince, Instant settledUntil, Instant now) {

    /** Everything must be there. */
    static final Limits NONE = new Limits(Instant.MIN, Instant.MAX, Instant.MIN);
  }

  /** How a sum and its lines compare. */
  sealed interface Match {

    /** They agree. */
    record Same() implements Match {}

    /** They do not. */
    record Different(String what, long amount) implements Match {}

    /** It cannot be said. */
    record Unknown() implements Match {}
  }

  private static final class Sum {

    private @Nullable SessionUsage session;
    private UsageTotals totals = UsageTotals.NONE;
    private long requests;
    private Instant waitingSince = Instant.MAX;
    private String difference = "";
    private long amount;
    private long compared = -1;

    NamedAmounts measures() {
      return session == null ? NamedAmounts.of(totals) : NamedAmounts.of(session);
    }
  }

  private final PublishedAggregates told;
  private final Map<AggregateKey, Sum> sums = new HashMap<>();

  AggregateChecks(PublishedAggregates told) {
    this.told = told;
  }

  /** One more line of the ledger. Sums that are told of exactly that many lines are compared. */
  void add(LedgerEntry entry) {
    UsageTotals one = UsageTotals.of(entry);
    for (AggregateKey key : AggregateKey.of(entry)) {
      Sum sum = sums.computeIfAbsent(key, _ -> new Sum());
      add(sum, key, entry, one);
      compare(key, sum);
      long counted = requests(told.sums().get(key));
      if (sum.requests == counted + 1) {
        sum.waitingSince = entry.times().endedAt();
      }
    }
  }

  private static void add(Sum sum, AggregateKey key, LedgerEntry entry, UsageTotals one) {
    sum.requests++;
    switch (key) {
      case AggregateKey.OfSession _ ->
          sum.session = sum.session == null ? SessionUsage.of(entry) : sum.session.plus(entry);
      case AggregateKey.OfTenant _, AggregateKey.OfWindow _ -> sum.totals = sum.totals.plus(one);
    }
  }

  private static long requests(PublishedAggregates.@Nullable Published told) {
    return told == null ? 0 : told.measures().requests();
  }

  /** Where both are sums of as many lines. */
  private void compare(AggregateKey key, Sum sum) {
    PublishedAggregates.@Nullable Published told = this.told.sums().get(key);
    if (told != null && told.measures().requests() == sum.requests) {
      NamedAmounts expected = sum.measures();
      sum.difference = told.measures().difference(expected);
      sum.amount = Math.abs(told.measures().tokens() - expected.tokens());
      sum.compared = sum.requests;
    }
  }

  /** How everything that was told, or should be, compares now. */
  Map<AggregateKey, Match> matches(Limits limits) {
    Map<AggregateKey, Match> matches = new HashMap<>();
    sums.forEach(
        (key, sum) -> {
          compare(key, sum);
          matches.put(key, match(key, sum, limits));
        });
    told.sums()
        .forEach(
            (key, alone) -> matches.computeIfAbsent(key, _ -> withoutLines(key, alone, limits)));
    return matches;
  }

  private Match match(AggregateKey key, Sum sum, Limits limits) {
    PublishedAggregates.@Nullable Published told = this.told.sums().get(key);
    if (cut(key, Optional.ofNullable(told), limits)) {
      return new Match.Unknown();
    }
    if (told == null) {
      boolean young = sum.waitingSince.isAfter(limits.settledUntil());
      return young || expired(key, limits)
          ? new Match.Unknown()
          : different("none (expected: " + sum.requests + " requests)", sum.measures().tokens());
    }
    long counted = told.measures().requests();
    if (counted > sum.requests) {
      return different(
          told.measures().difference(sum.measures()),
          told.measures().tokens() - sum.measures().tokens());
    }
    if (sum.compared == counted && !sum.difference.isEmpty()) {
      return different(sum.difference, sum.amount);
    }
    if (counted == sum.requests) {
      return new Match.Same();
    }
    return sum.waitingSince.isAfter(limits.settledUntil())
        ? new Match.Same()
        : different(
            told.measures().difference(sum.measures()),
            told.measures().tokens() - sum.measures().tokens());
  }

  private static Match withoutLines(
      AggregateKey key, PublishedAggregates.Published told, Limits limits) {
    return cut(key, Optional.of(told), limits)
        ? new Match.Unknown()
        : different(
            "sum of " + told.measures().requests() + " requests without ledger lines",
            told.measures().tokens());
  }

  private static Match different(String what, long tokens) {
    return new Match.Different(what, Math.abs(tokens));
  }

  /** Lines that are part of it may no longer be kept. */
  private static boolean cut(
      AggregateKey key, Optional<PublishedAggregates.Published> told, Limits limits) {
    return switch (key) {
      case AggregateKey.OfTenant _ -> !limits.linesSince().equals(Instant.MIN);
      case AggregateKey.OfSession _ ->
          told.flatMap(PublishedAggregates.Published::since)
              .filter(since -> since.isBefore(limits.linesSince()))
              .isPresent();
      case AggregateKey.OfWindow window -> window.start().isBefore(limits.linesSince());
    };
  }

  private static boolean expired(AggregateKey key, Limits limits) {
    return switch (key) {
      case AggregateKey.OfSession _, AggregateKey.OfTenant _ -> false;
      case AggregateKey.OfWindow window ->
          !window.end().plus(kept(window.size())).isAfter(limits.now());
    };
  }

  private static Duration kept(WindowGranularity size) {
    return switch (size) {
      case MINUTE -> Duration.ofDays(2);
      case HOUR -> Duration.ofDays(100);
      case DAY -> Duration.ofDays(400);
    };
  }

  /** What differs, as drift. */
  List<Violation> findings(Limits limits) {
    List<Violation> findings = new ArrayList<>();
    matches(limits)
        .forEach(
            (key, match) -> {
              switch (match) {
                case Match.Same _, Match.Unknown _ -> {}
                case Match.Different(String what, long amount) ->
                    findings.add(
                        new Violation(
                            ViolationType.DRIFT,
                            Violation.NOBODY,
                            key + " totals " + what,
                            amount));
              }
            });
    return findings;
  }
}
