package io.anyserve.metering.query.service;

import static io.anyserve.metering.query.service.UsageQueryFixture.HOUR;
import static io.anyserve.metering.query.service.UsageQueryFixture.OF_ACME;
import static io.anyserve.metering.query.service.UsageQueryFixture.filter;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.event.Outcome;
import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.query.UsageFilter;
import io.anyserve.metering.query.ledger.LedgerPage;
import io.anyserve.metering.query.ledger.LedgerPageToken;
import io.anyserve.metering.query.ledger.LedgerQuery;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LedgerPagesTest {

  private final UsageQueryFixture usage = new UsageQueryFixture();

  @Test
  void linesComePageByPageAndOnlyTheTenants() {
    for (int i = 0; i < 25; i++) {
      usage.counted.add(TestEntry.of(i % 5 == 0 ? "globex" : "acme", "s" + i).entry());
    }
    usage.counted.pageRecords = 7;
    List<String> seen = new java.util.ArrayList<>();
    Optional<LedgerPageToken> cursor = Optional.empty();
    int pages = 0;
    do {
      LedgerPage page = usage.queries.entries(entries(4, cursor));
      assertTrue(page.entries().size() <= 4);
      page.entries().forEach(entry -> seen.add(entry.context().session().value()));
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
    usage.counted.add(
        TestEntry.of("acme", "s1").key("key-1").model("chat", "big").entry(),
        TestEntry.of("acme", "s1").key("key-2").model("chat", "big").entry(),
        TestEntry.of("acme", "s1").key("key-1").model("chat", "tiny").entry(),
        TestEntry.of("acme", "s2").key("key-1").model("chat", "big").entry(),
        TestEntry.of("acme", "s1")
            .key("key-1")
            .model("chat", "big")
            .outcome(Outcome.FAILED)
            .entry());
    var filter =
        new UsageFilter(
            Optional.of("chat"), Optional.of("big"), Optional.of("s1"), Optional.of("key-1"));
    var query =
        new LedgerQuery(OF_ACME, HOUR, filter, Optional.of(Outcome.FINISHED), 10, Optional.empty());

    assertEquals(1, usage.queries.entries(query).entries().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_001})
  void limitsAreChecked(int limit) {
    assertThrows(IllegalArgumentException.class, () -> entries(limit, Optional.empty()));
  }

  private static LedgerQuery entries(int limit, Optional<LedgerPageToken> cursor) {
    return new LedgerQuery(OF_ACME, HOUR, UsageFilter.NONE, Optional.empty(), limit, cursor);
  }
}
