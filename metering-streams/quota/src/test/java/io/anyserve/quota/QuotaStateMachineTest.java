package io.anyserve.quota;

import static io.anyserve.quota.RandomQuotaLog.ACME;
import static io.anyserve.quota.RandomQuotaLog.OTHER;
import static io.anyserve.quota.RandomQuotaLog.limit;
import static io.anyserve.quota.RandomQuotaLog.policy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.quota.QuotaEvent.Release;
import io.anyserve.quota.QuotaEvent.Reserve;
import io.anyserve.quota.QuotaEvent.Settle;
import io.anyserve.quota.RandomQuotaLog.Entry;
import io.anyserve.quota.ReservationDecision.Granted;
import io.anyserve.quota.ReservationDecision.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class QuotaStateMachineTest {

  private static final int RECORDS = 3_000;
  private static final Instant NOON = Instant.parse("2026-05-10T12:00:00Z");

  private final QuotaStateMachine fold = new QuotaStateMachine(0);
  private long offset;

  static LongStream seeds() {
    return LongStream.range(1, 41);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noLimitIsEverPassedByWhatWasGranted(long seed) {
    RandomQuotaLog log = new RandomQuotaLog(seed, false);
    QuotaStateMachine reader = new QuotaStateMachine(0);
    Books books = new Books();
    log.policies().forEach(entry -> read(reader, entry));
    int granted = 0;
    for (int i = 0; i < RECORDS; i++) {
      Entry entry = log.next();
      QuotaTransition effect = read(reader, entry);
      log.heard(effect);
      books.note(entry, effect);
      granted += effect instanceof QuotaTransition.Decided(_, _, Granted _) ? 1 : 0;
      for (LimitStatus state : reader.view(ACME, entry.time()).limits()) {
        assertTrue(state.used() + state.reserved() <= state.limit().amount(), state::toString);
      }
      assertTrue(books.tokens(ACME.value(), entry.time()) <= 500, "tokens per minute");
    }
    assertTrue(granted > RECORDS / 20, "granted: " + granted);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aReaderThatBeginsAtASnapshotAgreesWithOneThatReadEverything(long seed) {
    RandomQuotaLog log = new RandomQuotaLog(seed, true);
    QuotaStateMachine whole = new QuotaStateMachine(0);
    QuotaStateMachine restarted = new QuotaStateMachine(0);
    Random random = new Random(-seed);
    List<Entry> entries = new ArrayList<>(log.policies());
    for (int i = 0; i < RECORDS; i++) {
      Entry entry = i < entries.size() ? entries.get(i) : log.next();
      QuotaTransition effect = read(whole, entry);
      log.heard(effect);
      assertEquals(effect, read(restarted, entry));
      if (random.nextInt(50) == 0) {
        byte[] snapshot = SnapshotCodec.encode(restarted.state());
        restarted = new QuotaStateMachine(SnapshotCodec.decode(snapshot));
        assertEquals(QuotaTransition.NOTHING, read(restarted, entry), "folded before");
      }
      assertEquals(whole.view(ACME, entry.time()), restarted.view(ACME, entry.time()));
      assertEquals(whole.view(OTHER, entry.time()), restarted.view(OTHER, entry.time()));
    }
    assertEquals(
        java.util.Arrays.toString(SnapshotCodec.encode(whole.state())),
        java.util.Arrays.toString(SnapshotCodec.encode(restarted.state())));
  }

  private static QuotaTransition read(QuotaStateMachine reader, Entry entry) {
    QuotaEvent event = QuotaCodec.decode(QuotaCodec.encode(entry.event()));
    assertEquals(entry.event(), event);
    return reader.apply(entry.offset(), entry.time(), event);
  }

  /** Counts the tokens of each minute by itself, from the records and the answers alone. */
  private static final class Books {

    private record Held(String minute, long tokens, Instant until) {}

    private final Map<RequestId, Held> held = new HashMap<>();
    private final Map<String, Long> used = new HashMap<>();

    void note(Entry entry, QuotaTransition effect) {
      held.values().removeIf(one -> !one.until().isAfter(entry.time()));
      switch (entry.event()) {
        case Reserve reserve
            when effect instanceof QuotaTransition.Decided(_, _, Granted(OptionalLong budget)) ->
            held.put(
                reserve.subject().request(),
                new Held(
                    minute(reserve.tenant().value(), entry.time()),
                    budget.orElse(0),
                    reserve.expiresAt()));
        case Settle(_, RequestId request, QuotaAmounts amounts) when held.containsKey(request) ->
            used.merge(held.remove(request).minute(), amounts.tokens(), Long::sum);
        case Release(_, RequestId request, _) -> held.remove(request);
        default -> {}
      }
    }

    long tokens(String tenant, Instant time) {
      String minute = minute(tenant, time);
      return used.getOrDefault(minute, 0L)
          + held.values().stream()
              .filter(one -> one.minute().equals(minute))
              .mapToLong(Held::tokens)
              .sum();
    }

    private static String minute(String tenant, Instant time) {
      return tenant + time.toEpochMilli() / 60_000;
    }
  }

  @Test
  void ofTwoHundredOnAQuotaOfOneTheFirstIsLetIn() {
    change("acme", limit(QuotaUnit.REQUESTS, Period.DAY, 1));
    assertInstanceOf(Granted.class, reserve(1, 10, 10, NOON));
    for (int i = 2; i <= 200; i++) {
      Refused refused = assertInstanceOf(Refused.class, reserve(i, 10, 10, NOON));
      assertEquals(0, refused.limit().left());
      assertEquals(Instant.parse("2026-05-11T00:00:00Z"), refused.limit().resetsAt());
    }
  }

  @Test
  void aZeroLimitRefusesEverything() {
    for (QuotaUnit unit : QuotaUnit.values()) {
      change("acme", limit(unit, Period.MONTH, 0));
      assertInstanceOf(Refused.class, reserve(1, 0, 1, NOON), unit.toString());
    }
  }

  @Test
  void whatIsLeftIsTheBudgetWhenItIsLessThanTheWish() {
    change("acme", limit(QuotaUnit.TOKENS, Period.DAY, 100));
    assertEquals(new Granted(OptionalLong.of(90)), reserve(1, 40, 50, NOON));
    assertInstanceOf(Refused.class, reserve(2, 10, 50, NOON), "the prompt and one token: 11");
    assertEquals(new Granted(OptionalLong.of(10)), reserve(3, 9, 50, NOON));
  }

  @Test
  void moneyIsTurnedIntoTokensThatCannotCostMore() {
    var requested = new QuotaRequest(10, 100, new Price(1_000_000, 4_000_000, 500_000, 7));
    assertEquals(10 + 400 + 7, requested.cost(requested.most()));
    change("acme", limit(QuotaUnit.COST, Period.DAY, 107));
    assertEquals(new Granted(OptionalLong.of(25)), reserve(1, requested, NOON));
    assertEquals(107, fold.view(ACME, NOON).limits().getFirst().reserved());
  }

  @Test
  void whatWasNotUsedIsFreeAgainAndRepeatsChangeNothing() {
    change("acme", limit(QuotaUnit.TOKENS, Period.DAY, 100));
    reserve(1, 10, 90, NOON);
    for (int i = 0; i < 3; i++) {
      apply(new Settle(ACME, id(1), new QuotaAmounts(30, 1, 0)), NOON);
    }
    apply(new Settle(ACME, id(99), new QuotaAmounts(30, 1, 0)), NOON);
    LimitStatus state = fold.view(ACME, NOON).limits().getFirst();
    assertEquals(List.of(30L, 0L, 70L), List.of(state.used(), state.reserved(), state.left()));
  }

  @Test
  void aReleaseOfAnotherTryTakesNothingAway() {
    change("acme", limit(QuotaUnit.REQUESTS, Period.DAY, 1));
    reserve(1, 10, 90, NOON);
    apply(new Release(ACME, id(1), 4711), NOON);
    assertInstanceOf(Refused.class, reserve(2, 10, 90, NOON));
    apply(new Release(ACME, id(1), 1), NOON);
    assertInstanceOf(Granted.class, reserve(2, 10, 90, NOON));
  }

  @Test
  void aRepeatedReservationHoldsNothingMore() {
    change("acme", limit(QuotaUnit.TOKENS, Period.DAY, 100));
    assertEquals(reserve(1, 10, 70, NOON), reserve(1, 10, 70, NOON));
    assertEquals(80, fold.view(ACME, NOON).limits().getFirst().reserved());
  }

  @Test
  void whatExpiredIsFreeAndItsLateLineStillCounts() {
    change("acme", limit(QuotaUnit.TOKENS, Period.DAY, 100));
    reserve(1, 10, 90, NOON);
    Instant later = NOON.plus(Duration.ofMinutes(11));
    assertEquals(new Granted(OptionalLong.of(100)), reserve(2, 10, 90, later));
    apply(new Settle(ACME, id(1), new QuotaAmounts(60, 1, 0)), later);
    apply(new Settle(ACME, id(2), new QuotaAmounts(20, 1, 0)), later);
    assertEquals(80, fold.view(ACME, later).limits().getFirst().used());
  }

  @Test
  void useCountsInThePeriodInWhichTheRequestWasLetIn() {
    change("acme", limit(QuotaUnit.TOKENS, Period.MINUTE, 100));
    reserve(1, 10, 90, NOON.plusSeconds(59));
    Instant next = NOON.plusSeconds(60);
    assertEquals(new Granted(OptionalLong.of(100)), reserve(2, 10, 90, next));
    apply(new Settle(ACME, id(1), new QuotaAmounts(100, 1, 0)), next);
    assertEquals(0, fold.view(ACME, next).limits().getFirst().used());
  }

  @Test
  void aPolicyOfItsOwnTakesThePlaceOfTheOneForEach() {
    change("acme/session/*", limit(QuotaUnit.REQUESTS, Period.DAY, 0));
    change("acme/session/s", limit(QuotaUnit.REQUESTS, Period.DAY, 1));
    assertInstanceOf(Granted.class, reserve(1, 10, 90, NOON));
    change("acme/session/s");
    assertInstanceOf(Refused.class, reserve(2, 10, 90, NOON));
    change("acme/session/*");
    assertFalse(fold.limits(subject(3)));
  }

  @Test
  void aSmallerLimitStopsTheNewestThatDoNotFit() {
    change("acme", limit(QuotaUnit.TOKENS, Period.DAY, 300));
    reserve(1, 10, 90, NOON);
    reserve(2, 10, 90, NOON);
    reserve(3, 10, 90, NOON);
    assertEquals(
        new QuotaTransition.Revoked(List.of(id(3), id(2))),
        change("acme", limit(QuotaUnit.TOKENS, Period.DAY, 150)));
    assertEquals(
        QuotaTransition.NOTHING, change("acme", limit(QuotaUnit.TOKENS, Period.DAY, 1_000)));
  }

  private QuotaTransition change(String scope, QuotaLimit... limits) {
    return apply(policy(scope, limits), NOON);
  }

  private ReservationDecision reserve(long request, long prompt, long answer, Instant time) {
    return reserve(request, new QuotaRequest(prompt, answer, QuotaRequest.FREE), time);
  }

  private ReservationDecision reserve(long request, QuotaRequest requested, Instant time) {
    var reserve =
        new Reserve(subject(request), request, requested, time.plus(Duration.ofMinutes(10)));
    return assertInstanceOf(QuotaTransition.Decided.class, apply(reserve, time)).verdict();
  }

  private QuotaTransition apply(QuotaEvent event, Instant time) {
    return fold.apply(offset++, time, event);
  }

  private static QuotaSubject subject(long request) {
    return new QuotaSubject(id(request), ACME, "", new SessionId("s"));
  }

  private static RequestId id(long request) {
    return new RequestId(0, request);
  }
}
