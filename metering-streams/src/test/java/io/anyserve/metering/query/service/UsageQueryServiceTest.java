package io.anyserve.metering.query.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.metering.api.Counted;
import io.anyserve.metering.api.Line;
import io.anyserve.metering.api.TestKeys;
import io.anyserve.metering.query.GroupBy;
import io.anyserve.metering.query.LiveFeed;
import io.anyserve.metering.query.LocalUsage;
import io.anyserve.metering.query.PartitionOwners;
import io.anyserve.metering.query.RankBy;
import io.anyserve.metering.query.Selection;
import io.anyserve.metering.query.SeriesName;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.TimeRange;
import io.anyserve.metering.query.TopQuery;
import io.anyserve.metering.query.TopTable;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.metering.query.UsageFilter;
import io.anyserve.metering.query.WindowQuery;
import io.anyserve.metering.query.WindowTable;
import io.anyserve.metering.query.ledger.LedgerPage;
import io.anyserve.metering.query.ledger.LedgerPageToken;
import io.anyserve.metering.query.ledger.LedgerQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageQueryServiceTest {

  private static final UsageCaller ACME = TestKeys.asker(TestKeys.ACME);
  private static final UsageCaller ADMIN = TestKeys.asker(TestKeys.ADMIN);
  private static final TenantScope OF_ACME = new TenantScope.Of(new TenantId("acme"));
  private static final TimeRange HOUR =
      new TimeRange(Line.NOON, Line.NOON.plus(Duration.ofHours(1)));

  private final Counted counted = new Counted();
  private final UsageQueryService queries =
      new UsageQueryService(
          new LocalUsage(counted, new LiveFeed(counted, InstantSource.fixed(Line.NOON))),
          counted,
          PartitionOwners.alone(),
          new PeerClients());

  @Test
  void aCallerSeesTheirOwnTenantAndNoOther() {
    counted.add(Line.of("acme", "s1").line(), Line.of("globex", "s2").line());

    assertEquals(OF_ACME, ACME.scope(""));
    assertEquals(OF_ACME, ACME.scope("acme"));
    assertEquals(1, queries.totals(ACME, ACME.scope("")).requests());
    assertEquals(FailureCode.PERMISSION_DENIED, refusal(() -> ACME.scope("globex")));
    assertEquals(FailureCode.PERMISSION_DENIED, refusal(() -> ACME.scope("no-such")));
    assertEquals(FailureCode.PERMISSION_DENIED, refusal(() -> ACME.scope("*")));
    assertEquals(FailureCode.PERMISSION_DENIED, refusal(() -> ACME.tenant("globex")));
  }

  @Test
  void anAdminSeesEachTenantAndAll() {
    counted.add(Line.of("acme", "s1").line(), Line.of("globex", "s2").line());

    assertEquals(2, queries.totals(ADMIN, ADMIN.scope("")).requests());
    assertEquals(2, queries.totals(ADMIN, ADMIN.scope("*")).requests());
    assertEquals(1, queries.totals(ADMIN, ADMIN.scope("globex")).requests());
    assertEquals(0, queries.totals(ADMIN, ADMIN.scope("nobody")).requests());
    assertEquals(new TenantId("acme"), ADMIN.tenant(""));
    assertThrows(IllegalArgumentException.class, () -> ADMIN.tenant("*"));
    assertThrows(IllegalArgumentException.class, () -> ADMIN.scope("no/name"));
  }

  @Test
  void anotherTenantsSessionLooksLikeNone() {
    counted.add(Line.of("globex", "s2").line());
    TenantId acme = new TenantId("acme");

    assertEquals(
        FailureCode.SESSION_NOT_FOUND,
        refusal(() -> queries.session(ACME, acme, new SessionId("s2"))));
    assertEquals(
        FailureCode.SESSION_NOT_FOUND,
        refusal(() -> queries.session(ACME, acme, new SessionId("s3"))));
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, {}=42",
    "CAPABILITY, chat=40 code=2",
    "MODEL, chat/tiny=30 chat/big=10 code/tiny=2",
    "SESSION, s1=32 s2=10",
    "KEY, key-1=22 =20",
    "TENANT, acme=42",
  })
  void eachGroupingAddsUpToTheSame(GroupBy by, String expected) {
    some();
    WindowTable table = windows(by, UsageFilter.NONE);

    Map<String, Long> sums = new TreeMap<>();
    table.series().forEach(series -> sums.put(name(series.name()), tokens(series)));
    assertEquals(pairs(expected), sums);
  }

  @ParameterizedTest
  @CsvSource({
    "capability, chat, 40",
    "capability, nobody, 0",
    "model, tiny, 32",
    "session, s1, 32",
    "key, key-1, 22",
    "key, '', 20",
  })
  void filtersRestrict(String kind, String value, long expected) {
    some();
    WindowTable table = windows(GroupBy.NONE, filter(kind, value));
    assertEquals(expected, table.series().stream().mapToLong(UsageQueryServiceTest::tokens).sum());
  }

  @Test
  void whatIsNotKeptTogetherIsRefused() {
    var both =
        new UsageFilter(Optional.of("chat"), Optional.empty(), Optional.of("s1"), Optional.empty());
    for (Runnable mixed :
        List.<Runnable>of(
            () -> new Selection(GroupBy.NONE, both),
            () -> new Selection(GroupBy.SESSION, filter("model", "tiny")),
            () -> new Selection(GroupBy.KEY, filter("session", "s1")))) {
      var refused = assertThrows(IllegalArgumentException.class, mixed::run);
      assertTrue(String.valueOf(refused.getMessage()).contains("of one kind"), refused::toString);
    }
  }

  @Test
  void pointsLieInOrderAndOnlyWhereSomethingWasUsed() {
    counted.add(
        Line.of("acme", "s1").after(Duration.ofMinutes(40)).line(),
        Line.of("acme", "s1").after(Duration.ofMinutes(3)).line(),
        Line.of("acme", "s1").after(Duration.ofSeconds(185)).line(),
        Line.of("acme", "s1").after(Duration.ofMinutes(60)).line(),
        Line.of("acme", "s1").after(Duration.ofMillis(-1)).line());

    var points = windows(GroupBy.NONE, UsageFilter.NONE).series().getFirst().points();
    assertEquals(
        List.of(Line.NOON.plusSeconds(180), Line.NOON.plusSeconds(2_400)),
        points.stream().map(WindowTable.Point::start).toList());
    assertEquals(2, points.getFirst().totals().requests());
  }

  @Test
  void beyondTheLargestSeriesTheRestIsOther() {
    for (int i = 0; i < 300; i++) {
      counted.add(Line.of("acme", "s" + i).tokens(1_000 + i).line());
    }
    var series = windows(GroupBy.SESSION, UsageFilter.NONE).series();

    assertEquals(200, series.size());
    assertTrue(series.getLast().name().other());
    assertEquals(101, series.getLast().points().getFirst().totals().requests());
    assertEquals(
        300, series.stream().mapToLong(s -> s.points().getFirst().totals().requests()).sum());
    assertTrue(series.stream().anyMatch(s -> s.name().session().equals(Optional.of("s299"))));
    assertTrue(series.stream().noneMatch(s -> s.name().session().equals(Optional.of("s0"))));
  }

  @Test
  void anAnswerHasABoundedNumberOfPoints() {
    var minutes = new TimeRange(Line.NOON, Line.NOON.plus(Duration.ofMinutes(2_000)));
    var query =
        new WindowQuery(
            OF_ACME,
            WindowGranularity.MINUTE,
            minutes,
            new Selection(GroupBy.NONE, UsageFilter.NONE));
    assertEquals(50, query.mostSeries());
    var more = new TimeRange(Line.NOON, Line.NOON.plus(Duration.ofMinutes(2_000)).plusMillis(1));
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new WindowQuery(OF_ACME, WindowGranularity.MINUTE, more, query.selection()));
    assertTrue(String.valueOf(refused.getMessage()).contains("at most 2000 windows, not 2001"));
  }

  @Test
  void rangesAreWidenedToWholeWindows() {
    var range = new TimeRange(Line.NOON.plusSeconds(90), Line.NOON.plusSeconds(121));
    assertEquals(
        new TimeRange(Line.NOON.plusSeconds(60), Line.NOON.plusSeconds(180)),
        range.windows(WindowGranularity.MINUTE));
    assertEquals(2, range.count(WindowGranularity.MINUTE));
    assertThrows(IllegalArgumentException.class, () -> new TimeRange(Line.NOON, Line.NOON));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TimeRange(Instant.EPOCH.minusMillis(1), Line.NOON));
    assertThrows(IllegalArgumentException.class, () -> new TimeRange(Line.NOON, Instant.MAX));
  }

  @ParameterizedTest
  @CsvSource({"TOKENS, s1", "COST, s2", "REQUESTS, s3"})
  void theTopIsByTheMeasure(RankBy measure, String first) {
    counted.add(
        Line.of("acme", "s1").tokens(500).cost(1).line(),
        Line.of("acme", "s2").tokens(3).cost(900).line(),
        Line.of("acme", "s3").tokens(1).cost(1).line(),
        Line.of("acme", "s3").tokens(1).cost(1).line());
    TopTable table = queries.top(ACME, top(OF_ACME, GroupBy.SESSION, measure, 2));

    assertEquals(2, table.rows().size());
    assertEquals(Optional.of(first), table.rows().getFirst().name().session());
  }

  @Test
  void theTopOfAllTenantsSaysWhose() {
    counted.add(
        Line.of("acme", "same").tokens(5).line(),
        Line.of("globex", "same").tokens(6).line(),
        Line.of("globex", "same").tokens(6).line());
    TenantScope all = new TenantScope.All();

    var sessions = queries.top(ADMIN, top(all, GroupBy.SESSION, RankBy.TOKENS, 10)).rows();
    assertEquals(
        List.of("globex", "acme"),
        sessions.stream().map(row -> row.name().tenant().orElseThrow()).toList());
    var models = queries.top(ADMIN, top(all, GroupBy.MODEL, RankBy.TOKENS, 10)).rows();
    assertEquals(1, models.size());
    assertEquals(3, models.getFirst().totals().requests());
    assertEquals(Optional.empty(), models.getFirst().name().tenant());
  }

  @ParameterizedTest
  @CsvSource({"1, 0, MINUTE", "7, 0, HOUR", "1, 72, HOUR", "200, 0, DAY", "1, 2400, DAY"})
  void theTopReadsTheFinestWindowsThatAreKept(int hours, int hoursAgo, WindowGranularity expected) {
    Instant to = Line.NOON.minus(Duration.ofHours(hoursAgo));
    assertEquals(
        expected, TopQuery.size(new TimeRange(to.minus(Duration.ofHours(hours)), to), Line.NOON));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_001})
  void limitsAreChecked(int limit) {
    assertThrows(
        IllegalArgumentException.class, () -> top(OF_ACME, GroupBy.KEY, RankBy.COST, limit));
    assertThrows(IllegalArgumentException.class, () -> lines(limit, Optional.empty()));
  }

  @Test
  void linesComePageByPageAndOnlyTheTenants() {
    for (int i = 0; i < 25; i++) {
      counted.add(Line.of(i % 5 == 0 ? "globex" : "acme", "s" + i).line());
    }
    counted.pageRecords = 7;
    List<String> seen = new java.util.ArrayList<>();
    Optional<LedgerPageToken> cursor = Optional.empty();
    int pages = 0;
    do {
      LedgerPage page = queries.lines(lines(4, cursor));
      assertTrue(page.lines().size() <= 4);
      page.lines().forEach(line -> seen.add(line.context().session().value()));
      cursor = page.next();
      pages++;
    } while (cursor.isPresent());

    assertEquals(20, seen.size());
    assertEquals(20, seen.stream().distinct().count());
    assertTrue(pages >= 5, "pages: " + pages);
    assertTrue(seen.stream().noneMatch(s -> Integer.parseInt(s.substring(1)) % 5 == 0));
  }

  @Test
  void linesAreFilteredByEverything() {
    counted.add(
        Line.of("acme", "s1").key("key-1").model("chat", "big").line(),
        Line.of("acme", "s1").key("key-2").model("chat", "big").line(),
        Line.of("acme", "s1").key("key-1").model("chat", "tiny").line(),
        Line.of("acme", "s2").key("key-1").model("chat", "big").line(),
        Line.of("acme", "s1").key("key-1").model("chat", "big").outcome(Outcome.FAILED).line());
    var filter =
        new UsageFilter(
            Optional.of("chat"), Optional.of("big"), Optional.of("s1"), Optional.of("key-1"));
    var query =
        new LedgerQuery(OF_ACME, HOUR, filter, Optional.of(Outcome.FINISHED), 10, Optional.empty());

    assertEquals(1, queries.lines(query).lines().size());
  }

  @Test
  void aStoreThatCannotTellSaysSo() {
    counted.trouble = "restoring";
    assertEquals(FailureCode.STORE_UNAVAILABLE, refusal(() -> queries.totals(ACME, OF_ACME)));
  }

  private void some() {
    counted.add(
        Line.of("acme", "s1").tokens(20).key("").line(),
        Line.of("acme", "s1").tokens(10).line(),
        Line.of("acme", "s2").tokens(10).model("chat", "big").after(Duration.ofMinutes(5)).line(),
        Line.of("acme", "s1").tokens(2).model("code", "tiny").after(Duration.ofMinutes(5)).line(),
        Line.of("globex", "s1").tokens(1_000).line());
  }

  private WindowTable windows(GroupBy by, UsageFilter filter) {
    return queries.windows(
        ACME, new WindowQuery(OF_ACME, WindowGranularity.MINUTE, HOUR, new Selection(by, filter)));
  }

  private static TopQuery top(TenantScope scope, GroupBy by, RankBy measure, int limit) {
    return new TopQuery(scope, by, measure, WindowGranularity.MINUTE, HOUR, limit);
  }

  private static LedgerQuery lines(int limit, Optional<LedgerPageToken> cursor) {
    return new LedgerQuery(OF_ACME, HOUR, UsageFilter.NONE, Optional.empty(), limit, cursor);
  }

  private static UsageFilter filter(String kind, String value) {
    return new UsageFilter(
        Optional.of(value).filter(_ -> kind.equals("capability")),
        Optional.of(value).filter(_ -> kind.equals("model")),
        Optional.of(value).filter(_ -> kind.equals("session")),
        Optional.of(value).filter(_ -> kind.equals("key")));
  }

  private static long tokens(WindowTable.Series series) {
    return series.points().stream()
        .map(WindowTable.Point::totals)
        .reduce(UsageTotals.NONE, UsageTotals::plus)
        .usage()
        .completion();
  }

  private static String name(SeriesName name) {
    if (name.equals(SeriesName.EVERYTHING)) {
      return "{}";
    }
    return java.util.stream.Stream.of(
            name.tenant(), name.capability(), name.model(), name.session(), name.key())
        .flatMap(Optional::stream)
        .collect(Collectors.joining("/"));
  }

  private static Map<String, Long> pairs(String text) {
    Map<String, Long> pairs = new TreeMap<>();
    for (String pair : text.split(" ", -1)) {
      int equals = pair.indexOf('=');
      pairs.put(pair.substring(0, equals), Long.parseLong(pair.substring(equals + 1)));
    }
    return pairs;
  }

  private static FailureCode refusal(Runnable call) {
    return assertThrows(FailureException.class, call::run).failure().code();
  }
}
