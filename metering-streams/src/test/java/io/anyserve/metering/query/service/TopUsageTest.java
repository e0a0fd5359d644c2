package io.anyserve.metering.query.service;

import static io.anyserve.metering.query.service.UsageQueryFixture.ACME;
import static io.anyserve.metering.query.service.UsageQueryFixture.ADMIN;
import static io.anyserve.metering.query.service.UsageQueryFixture.HOUR;
import static io.anyserve.metering.query.service.UsageQueryFixture.OF_ACME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.query.GroupBy;
import io.anyserve.metering.query.RankBy;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.TimeRange;
import io.anyserve.metering.query.TopQuery;
import io.anyserve.metering.query.TopTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TopUsageTest {

  private final UsageQueryFixture usage = new UsageQueryFixture();

  @ParameterizedTest
  @CsvSource({"TOKENS, s1", "COST, s2", "REQUESTS, s3"})
  void theTopIsByTheMeasure(RankBy measure, String first) {
    usage.counted.add(
        TestEntry.of("acme", "s1").tokens(500).cost(1).entry(),
        TestEntry.of("acme", "s2").tokens(3).cost(900).entry(),
        TestEntry.of("acme", "s3").tokens(1).cost(1).entry(),
        TestEntry.of("acme", "s3").tokens(1).cost(1).entry());
    TopTable table = usage.queries.top(ACME, top(OF_ACME, GroupBy.SESSION, measure, 2));

    assertEquals(2, table.rows().size());
    assertEquals(Optional.of(first), table.rows().getFirst().name().session());
  }

  @Test
  void theTopOfAllTenantsSaysWhose() {
    usage.counted.add(
        TestEntry.of("acme", "same").tokens(5).entry(),
        TestEntry.of("globex", "same").tokens(6).entry(),
        TestEntry.of("globex", "same").tokens(6).entry());
    TenantScope all = new TenantScope.All();

    var sessions = usage.queries.top(ADMIN, top(all, GroupBy.SESSION, RankBy.TOKENS, 10)).rows();
    assertEquals(
        List.of("globex", "acme"),
        sessions.stream().map(row -> row.name().tenant().orElseThrow()).toList());
    var models = usage.queries.top(ADMIN, top(all, GroupBy.MODEL, RankBy.TOKENS, 10)).rows();
    assertEquals(1, models.size());
    assertEquals(3, models.getFirst().totals().requests());
    assertEquals(Optional.empty(), models.getFirst().name().tenant());
  }

  @ParameterizedTest
  @CsvSource({"1, 0, MINUTE", "7, 0, HOUR", "1, 72, HOUR", "200, 0, DAY", "1, 2400, DAY"})
  void theTopReadsTheFinestWindowsThatAreKept(int hours, int hoursAgo, WindowGranularity expected) {
    Instant to = TestEntry.NOON.minus(Duration.ofHours(hoursAgo));
    assertEquals(
        expected,
        TopQuery.size(new TimeRange(to.minus(Duration.ofHours(hours)), to), TestEntry.NOON));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_001})
  void limitsAreChecked(int limit) {
    assertThrows(
        IllegalArgumentException.class, () -> top(OF_ACME, GroupBy.KEY, RankBy.COST, limit));
  }

  private static TopQuery top(TenantScope scope, GroupBy by, RankBy measure, int limit) {
    return new TopQuery(scope, by, measure, WindowGranularity.MINUTE, HOUR, limit);
  }
}
