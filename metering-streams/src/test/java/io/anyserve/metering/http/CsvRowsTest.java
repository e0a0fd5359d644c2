package io.anyserve.metering.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.query.SeriesName;
import io.anyserve.metering.query.TopTable;
import io.anyserve.metering.query.WindowTable;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Column names are public: spreadsheets and scripts find columns by them. */
final class CsvRowsTest {

  private static final LedgerEntry ENTRY = TestEntry.of("acme", "s1").entry();
  private static final UsageTotals TOTALS = UsageTotals.of(ENTRY).plus(UsageTotals.of(ENTRY));
  private static final String TOTALS_HEADER =
      "tenant,capability,model,session,key,other,requests,finished,failed,cancelled,"
          + "prompt_tokens,completion_tokens,cached_tokens,chunks,bytes_in,bytes_out,"
          + "engine_micros,cost_micros,unpriced,first_token_ms_p50,first_token_ms_p99,"
          + "duration_ms_p50,duration_ms_p99";

  /** The latencies are the upper bounds of their steps. */
  private static final String TOTALS_ROW =
      ",,,,,false,2,2,0,0,10,20,4,6,40,80,60000,140,0,100,100,500,500";

  @Test
  void ledgerEntries() {
    assertEquals(
        List.of(
            "ended_at,request_id,tenant,session,key,capability,asked_for,model,worker,attempts,"
                + "outcome,code,prompt_tokens,completion_tokens,cached_tokens,chunks,bytes_in,"
                + "bytes_out,engine_micros,cost_micros,price_version,accepted_at,started_at,"
                + "first_token_at,labels",
            "2026-11-20T12:00:00Z,"
                + ENTRY.request()
                + ",acme,s1,key-1,chat,chat,tiny,worker-1,1,finished,,5,10,2,3,20,40,30000,70,v1,"
                + "2026-11-20T11:59:59.500Z,2026-11-20T11:59:59.600Z,2026-11-20T11:59:59.700Z,"),
        rows(
            csv -> {
              CsvRows.header(csv);
              CsvRows.write(csv, ENTRY);
            }));
  }

  @Test
  void rankedUsage() {
    var table = new TopTable(List.of(new TopTable.Row(SeriesName.EVERYTHING, TOTALS)));
    assertEquals(List.of(TOTALS_HEADER, TOTALS_ROW), rows(csv -> CsvRows.write(csv, table)));
  }

  @Test
  void windows() {
    var point = new WindowTable.Point(TestEntry.NOON, TOTALS);
    var table =
        new WindowTable(List.of(new WindowTable.Series(SeriesName.EVERYTHING, List.of(point))));
    assertEquals(
        List.of("start," + TOTALS_HEADER, "2026-11-20T12:00:00Z," + TOTALS_ROW),
        rows(csv -> CsvRows.write(csv, table)));
  }

  private static List<String> rows(Consumer<Csv> content) {
    StringWriter out = new StringWriter();
    content.accept(new Csv(out));
    return out.toString().lines().toList();
  }
}
