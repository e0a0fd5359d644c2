package io.anyserve.contracts.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.LatencyHistogram;
import io.anyserve.contracts.event.LedgerEntry.Volume;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class UsageAggregateCodecTest {

  private static final TenantId TENANT = new TenantId("acme");
  private static final UsageTotals TOTALS =
      new UsageTotals(
          5,
          2,
          1,
          new TokenUsage(100, 50, 10),
          40,
          new Volume(1_000, 2_000),
          Duration.ofMillis(77),
          123,
          1,
          LatencyHistogram.of(Duration.ofMillis(12)),
          LatencyHistogram.of(Duration.ofSeconds(4)).plus(LatencyHistogram.of(Duration.ZERO)));

  @Test
  void tenants() {
    TenantUsage usage = new TenantUsage(TENANT, TOTALS);
    assertEquals(usage, UsageAggregateCodec.decodeTenant(UsageAggregateCodec.encode(usage)));
  }

  @Test
  void windowsOfEverySeries() {
    Instant start = WindowGranularity.HOUR.startOf(Instant.parse("2026-11-20T17:31:12.345Z"));
    assertEquals(Instant.parse("2026-11-20T17:00:00Z"), start);
    for (UsageDimension series :
        List.of(
            new UsageDimension.ByModel("story", "tiny"),
            new UsageDimension.BySession(new SessionId("s1")),
            new UsageDimension.ByKey(""))) {
      UsageWindow window = new UsageWindow(TENANT, WindowGranularity.HOUR, start, series, TOTALS);
      assertEquals(window, UsageAggregateCodec.decodeWindow(UsageAggregateCodec.encode(window)));
    }
  }

  @Test
  void aWindowWithoutSeriesIsMalformed() {
    byte[] bytes =
        io.anyserve.v1.UsageWindow.newBuilder()
            .setTenant("acme")
            .setSize(io.anyserve.v1.WindowSize.WINDOW_SIZE_DAY)
            .build()
            .toByteArray();
    assertThrows(MalformedRecordException.class, () -> UsageAggregateCodec.decodeWindow(bytes));
  }

  @Test
  void priceBooks() {
    PriceBook book =
        new PriceBook(
            "2026-11",
            Instant.ofEpochSecond(5),
            "EUR",
            Map.of(PriceBook.ANY, new PriceBook.Price(150_000, 600_000, 75_000, 10)));
    assertEquals(book, UsageAggregateCodec.decodePrices(UsageAggregateCodec.encode(book)));
  }
}
