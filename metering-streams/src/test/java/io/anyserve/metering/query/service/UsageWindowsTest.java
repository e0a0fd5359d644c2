package io.anyserve.metering.query.service;

import static io.anyserve.metering.query.service.UsageQueryFixture.ACME;
import static io.anyserve.metering.query.service.UsageQueryFixture.HOUR;
import static io.anyserve.metering.query.service.UsageQueryFixture.OF_ACME;
import static io.anyserve.metering.query.service.UsageQueryFixture.filter;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.query.GroupBy;
import io.anyserve.metering.query.Selection;
import io.anyserve.metering.query.SeriesName;
import io.anyserve.metering.query.TimeRange;
import io.anyserve.metering.query.UsageFilter;
import io.anyserve.metering.query.WindowQuery;
import io.anyserve.metering.query.WindowTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UsageWindowsTest {

  private final UsageQueryFixture usage = new UsageQueryFixture();

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
    assertEquals(expected, table.series().stream().mapToLong(UsageWindowsTest::tokens).sum());
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
    usage.counted.add(
        TestEntry.of("acme", "s1").after(Duration.ofMinutes(40)).entry(),
        TestEntry.of("acme", "s1").after(Duration.ofMinutes(3)).entry(),
        TestEntry.of("acme", "s1").after(Duration.ofSeconds(185)).entry(),
        TestEntry.of("acme", "s1").after(Duration.ofMinutes(60)).entry(),
        TestEntry.of("acme", "s1").after(Duration.ofMillis(-1)).entry());

    var points = windows(GroupBy.NONE, UsageFilter.NONE).series().getFirst().points();
    assertEquals(
        List.of(TestEntry.NOON.plusSeconds(180), TestEntry.NOON.plusSeconds(2_400)),
        points.stream().map(WindowTable.Point::start).toList());
    assertEquals(2, points.getFirst().totals().requests());
  }

  @Test
  void beyondTheLargestSeriesTheRestIsOther() {
    for (int i = 0; i < 300; i++) {
      usage.counted.add(TestEntry.of("acme", "s" + i).tokens(1_000 + i).entry());
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
    var minutes = new TimeRange(TestEntry.NOON, TestEntry.NOON.plus(Duration.ofMinutes(2_000)));
    var query =
        new WindowQuery(
            OF_ACME,
            WindowGranularity.MINUTE,
            minutes,
            new Selection(GroupBy.NONE, UsageFilter.NONE));
    assertEquals(50, query.mostSeries());
    var more =
        new TimeRange(TestEntry.NOON, TestEntry.NOON.plus(Duration.ofMinutes(2_000)).plusMillis(1));
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new WindowQuery(OF_ACME, WindowGranularity.MINUTE, more, query.selection()));
    assertTrue(String.valueOf(refused.getMessage()).contains("at most 2000 windows, not 2001"));
  }

  @Test
  void rangesAreWidenedToWholeWindows() {
    var range = new TimeRange(TestEntry.NOON.plusSeconds(90), TestEntry.NOON.plusSeconds(121));
    assertEquals(
        new TimeRange(TestEntry.NOON.plusSeconds(60), TestEntry.NOON.plusSeconds(180)),
        range.windows(WindowGranularity.MINUTE));
    assertEquals(2, range.count(WindowGranularity.MINUTE));
    assertThrows(
        IllegalArgumentException.class, () -> new TimeRange(TestEntry.NOON, TestEntry.NOON));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TimeRange(Instant.EPOCH.minusMillis(1), TestEntry.NOON));
    assertThrows(IllegalArgumentException.class, () -> new TimeRange(TestEntry.NOON, Instant.MAX));
  }

  private void some() {
    usage.counted.add(
        TestEntry.of("acme", "s1").tokens(20).key("").entry(),
        TestEntry.of("acme", "s1").tokens(10).entry(),
        TestEntry.of("acme", "s2")
            .tokens(10)
            .model("chat", "big")
            .after(Duration.ofMinutes(5))
            .entry(),
        TestEntry.of("acme", "s1")
            .tokens(2)
            .model("code", "tiny")
            .after(Duration.ofMinutes(5))
            .entry(),
        TestEntry.of("globex", "s1").tokens(1_000).entry());
  }

  private WindowTable windows(GroupBy by, UsageFilter filter) {
    return usage.queries.windows(
        ACME, new WindowQuery(OF_ACME, WindowGranularity.MINUTE, HOUR, new Selection(by, filter)));
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
}
