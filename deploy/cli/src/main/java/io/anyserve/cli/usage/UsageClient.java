package io.anyserve.cli.usage;

import io.anyserve.v1.GetTenantUsageRequest;
import io.anyserve.v1.LedgerEntry;
import io.anyserve.v1.ListUsageLinesRequest;
import io.anyserve.v1.ListUsageLinesResponse;
import io.anyserve.v1.QueryWindowsRequest;
import io.anyserve.v1.QueryWindowsResponse;
import io.anyserve.v1.TopUsageRequest;
import io.anyserve.v1.TopUsageRow;
import io.anyserve.v1.UsageGrouping;
import io.anyserve.v1.UsagePoint;
import io.anyserve.v1.UsageSeriesName;
import io.anyserve.v1.UsageServiceGrpc.UsageServiceBlockingStub;
import io.anyserve.v1.UsageTotals;
import io.anyserve.v1.WindowSize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Asks what was used over time, most, or line by line. */
final class UsageClient {

  private static final int PAGE = 1_000;
  private static final List<String> TOTALS =
      List.of("requests", "failed", "prompt_tokens", "completion_tokens", "cost_micros");
  private static final List<String> LINE =
      List.of(
          "ended_at",
          "request_id",
          "tenant",
          "session",
          "key",
          "capability",
          "model",
          "outcome",
          "code",
          "prompt_tokens",
          "completion_tokens",
          "cached_tokens",
          "cost_micros");

  private final UsageServiceBlockingStub stub;
  private final Range range;
  private final UsageTable table;

  /**
   * Whose usage, and when.
   *
   * @param tenant empty for what the key stands for
   * @param from milliseconds since the epoch; 0 for what the server takes without it
   * @param to likewise
   */
  record Range(String tenant, long from, long to) {}

  UsageClient(UsageServiceBlockingStub stub, Range range, UsageTable table) {
    this.stub = stub;
    this.range = range;
    this.table = table;
  }

  void totals() {
    var request = GetTenantUsageRequest.newBuilder().setTenant(range.tenant()).build();
    var usage = stub.getTenantUsage(request).getUsage();
    row(List.of("tenant"), TOTALS);
    row(List.of(usage.getTenant()), cells(usage.getTotals()));
  }

  void windows(WindowSize size, UsageGrouping by) {
    var request =
        QueryWindowsRequest.newBuilder()
            .setTenant(range.tenant())
            .setSize(size)
            .setFrom(range.from())
            .setTo(range.to())
            .setBy(by)
            .build();
    row(List.of("start", "series"), TOTALS);
    stub.queryWindows(request).forEachRemaining(this::series);
  }

  private void series(QueryWindowsResponse series) {
    String name = text(series.getName());
    for (UsagePoint point : series.getPointsList()) {
      row(List.of(time(point.getStart()), name), cells(point.getTotals()));
    }
  }

  /**
   * @param limit 0 for the server's
   */
  void top(UsageGrouping by, int limit) {
    var request =
        TopUsageRequest.newBuilder()
            .setTenant(range.tenant())
            .setBy(by)
            .setFrom(range.from())
            .setTo(range.to())
            .setLimit(limit)
            .build();
    row(List.of("name"), TOTALS);
    for (TopUsageRow row : stub.topUsage(request).getRowsList()) {
      row(List.of(text(row.getName())), cells(row.getTotals()));
    }
  }

  /**
   * Page after page.
   *
   * @param limit 0 for all
   */
  void lines(int limit) {
    var request =
        ListUsageLinesRequest.newBuilder()
            .setTenant(range.tenant())
            .setFrom(range.from())
            .setTo(range.to())
            .setPageSize(limit == 0 ? PAGE : Math.min(PAGE, limit));
    table.row(LINE);
    long left = limit == 0 ? Long.MAX_VALUE : limit;
    do {
      ListUsageLinesResponse page = stub.listUsageLines(request.build());
      page.getLinesList().stream().limit(left).forEach(line -> table.row(cells(line)));
      left -= page.getLinesCount();
      request.setPageToken(page.getNextPageToken());
    } while (left > 0 && !request.getPageToken().isEmpty());
  }

  private void row(List<?> first, List<?> rest) {
    List<Object> all = new ArrayList<>(first);
    all.addAll(rest);
    table.row(all);
  }

  private static List<Object> cells(UsageTotals totals) {
    return List.of(
        totals.getFinished() + totals.getFailed() + totals.getCancelled(),
        totals.getFailed(),
        totals.getPromptTokens(),
        totals.getCompletionTokens(),
        totals.getCostMicros());
  }

  private static List<Object> cells(LedgerEntry entry) {
    return List.of(
        time(entry.getEndedAt()),
        entry.getRequestId(),
        entry.getContext().getTenant(),
        entry.getContext().getSession(),
        entry.getContext().getApiKey(),
        entry.getCapability(),
        entry.getModel(),
        entry.getOutcome().name().replace("OUTCOME_", "").toLowerCase(Locale.ROOT),
        entry.getCode(),
        entry.getUsage().getPromptTokens(),
        entry.getUsage().getCompletionTokens(),
        entry.getUsage().getCachedTokens(),
        entry.getCostMicros());
  }

  private static String text(UsageSeriesName name) {
    List<String> parts = new ArrayList<>();
    add(parts, name.hasTenant(), name.getTenant());
    add(parts, name.hasCapability(), name.getCapability());
    add(parts, name.hasModel(), name.getModel());
    add(parts, name.hasSession(), name.getSession());
    add(parts, name.hasApiKey(), name.getApiKey());
    add(parts, name.getOther(), "other");
    return parts.isEmpty() ? "all" : String.join("/", parts);
  }

  private static void add(List<String> parts, boolean present, String value) {
    if (present) {
      parts.add(value.isEmpty() ? "none" : value);
    }
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
