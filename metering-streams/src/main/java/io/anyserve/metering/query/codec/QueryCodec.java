package io.anyserve.metering.query.codec;

import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.metering.query.GroupBy;
import io.anyserve.metering.query.LiveUsage;
import io.anyserve.metering.query.RankBy;
import io.anyserve.metering.query.SeriesName;
import io.anyserve.metering.query.TopQuery;
import io.anyserve.metering.query.TopTable;
import io.anyserve.metering.query.WindowQuery;
import io.anyserve.metering.query.WindowTable.Point;
import io.anyserve.metering.query.WindowTable.Series;
import io.anyserve.metering.query.ledger.LedgerPage;
import io.anyserve.v1.ListUsageLinesResponse;
import io.anyserve.v1.QueryWindowsRequest;
import io.anyserve.v1.QueryWindowsResponse;
import io.anyserve.v1.TopUsageRequest;
import io.anyserve.v1.TopUsageResponse;
import io.anyserve.v1.TopUsageRow;
import io.anyserve.v1.UsageFilter;
import io.anyserve.v1.UsageGrouping;
import io.anyserve.v1.UsageMeasure;
import io.anyserve.v1.UsagePoint;
import io.anyserve.v1.UsageSeriesName;
import io.anyserve.v1.WatchUsageResponse;
import java.time.Instant;
import java.util.Optional;

/** Questions and answers as messages. */
public final class QueryCodec {

  private QueryCodec() {}

  public static QueryWindowsRequest write(WindowQuery query) {
    return QueryWindowsRequest.newBuilder()
        .setTenant(query.scope().toString())
        .setSize(UsageAggregateCodec.write(query.size()))
        .setFrom(query.range().from().toEpochMilli())
        .setTo(query.range().to().toEpochMilli())
        .setBy(write(query.selection().by()))
        .setFilter(write(query.selection().filter()))
        .build();
  }

  public static TopUsageRequest write(TopQuery query) {
    return TopUsageRequest.newBuilder()
        .setTenant(query.scope().toString())
        .setBy(write(query.by()))
        .setMeasure(write(query.measure()))
        .setFrom(query.range().from().toEpochMilli())
        .setTo(query.range().to().toEpochMilli())
        .setLimit(query.limit())
        .build();
  }

  private static UsageFilter write(io.anyserve.metering.query.UsageFilter filter) {
    var message = UsageFilter.newBuilder();
    filter.capability().ifPresent(message::setCapability);
    filter.model().ifPresent(message::setModel);
    filter.session().ifPresent(message::setSession);
    filter.key().ifPresent(message::setApiKey);
    return message.build();
  }

  public static io.anyserve.metering.query.UsageFilter read(UsageFilter message) {
    return new io.anyserve.metering.query.UsageFilter(
        optional(message.hasCapability(), message.getCapability()),
        optional(message.hasModel(), message.getModel()),
        optional(message.hasSession(), message.getSession()),
        optional(message.hasApiKey(), message.getApiKey()));
  }

  public static QueryWindowsResponse write(Series series) {
    var message = QueryWindowsResponse.newBuilder().setName(write(series.name()));
    for (Point point : series.points()) {
      message.addPoints(
          UsagePoint.newBuilder()
              .setStart(point.start().toEpochMilli())
              .setTotals(UsageAggregateCodec.write(point.totals())));
    }
    return message.build();
  }

  public static Series read(QueryWindowsResponse message) {
    return new Series(
        read(message.getName()),
        message.getPointsList().stream()
            .map(
                point ->
                    new Point(
                        Instant.ofEpochMilli(point.getStart()),
                        UsageAggregateCodec.read(point.getTotals())))
            .toList());
  }

  public static TopUsageResponse write(TopTable table, TopQuery query) {
    var message =
        TopUsageResponse.newBuilder()
            .setSize(UsageAggregateCodec.write(query.size()))
            .setFrom(query.range().from().toEpochMilli())
            .setTo(query.range().to().toEpochMilli());
    for (TopTable.Row row : table.rows()) {
      message.addRows(
          TopUsageRow.newBuilder()
              .setName(write(row.name()))
              .setTotals(UsageAggregateCodec.write(row.totals())));
    }
    return message.build();
  }

  public static TopTable read(TopUsageResponse message) {
    return new TopTable(
        message.getRowsList().stream()
            .map(
                row ->
                    new TopTable.Row(
                        read(row.getName()), UsageAggregateCodec.read(row.getTotals())))
            .toList());
  }

  public static ListUsageLinesResponse write(LedgerPage page) {
    var message = ListUsageLinesResponse.newBuilder();
    page.entries().forEach(entry -> message.addLines(UsageCodec.write(entry)));
    page.next().ifPresent(next -> message.setNextPageToken(next.text()));
    return message.build();
  }

  public static WatchUsageResponse write(LiveUsage usage) {
    var message =
        WatchUsageResponse.newBuilder()
            .setAt(usage.at().toEpochMilli())
            .setRequests(usage.requests())
            .setFailed(usage.failed())
            .setPromptTokens(usage.promptTokens())
            .setCompletionTokens(usage.completionTokens())
            .setCostMicros(usage.costMicros());
    for (LedgerEntry entry : usage.entries()) {
      message.addLines(UsageCodec.write(entry));
    }
    return message.build();
  }

  public static LiveUsage read(WatchUsageResponse message) {
    return new LiveUsage(
        Instant.ofEpochMilli(message.getAt()),
        message.getRequests(),
        message.getFailed(),
        message.getPromptTokens(),
        message.getCompletionTokens(),
        message.getCostMicros(),
        message.getLinesList().stream().map(UsageCodec::read).toList());
  }

  private static UsageSeriesName write(SeriesName name) {
    var message = UsageSeriesName.newBuilder().setOther(name.other());
    name.tenant().ifPresent(message::setTenant);
    name.capability().ifPresent(message::setCapability);
    name.model().ifPresent(message::setModel);
    name.session().ifPresent(message::setSession);
    name.key().ifPresent(message::setApiKey);
    return message.build();
  }

  private static SeriesName read(UsageSeriesName message) {
    return new SeriesName(
        optional(message.hasTenant(), message.getTenant()),
        optional(message.hasCapability(), message.getCapability()),
        optional(message.hasModel(), message.getModel()),
        optional(message.hasSession(), message.getSession()),
        optional(message.hasApiKey(), message.getApiKey()),
        message.getOther());
  }

  private static Optional<String> optional(boolean present, String value) {
    return present ? Optional.of(value) : Optional.empty();
  }

  private static UsageGrouping write(GroupBy grouping) {
    return switch (grouping) {
      case NONE -> UsageGrouping.USAGE_GROUPING_NONE;
      case CAPABILITY -> UsageGrouping.USAGE_GROUPING_CAPABILITY;
      case MODEL -> UsageGrouping.USAGE_GROUPING_MODEL;
      case SESSION -> UsageGrouping.USAGE_GROUPING_SESSION;
      case KEY -> UsageGrouping.USAGE_GROUPING_KEY;
      case TENANT -> UsageGrouping.USAGE_GROUPING_TENANT;
    };
  }

  public static GroupBy read(UsageGrouping grouping) {
    return switch (grouping) {
      case USAGE_GROUPING_UNSPECIFIED, USAGE_GROUPING_NONE -> GroupBy.NONE;
      case USAGE_GROUPING_CAPABILITY -> GroupBy.CAPABILITY;
      case USAGE_GROUPING_MODEL -> GroupBy.MODEL;
      case USAGE_GROUPING_SESSION -> GroupBy.SESSION;
      case USAGE_GROUPING_KEY -> GroupBy.KEY;
      case USAGE_GROUPING_TENANT -> GroupBy.TENANT;
      case UNRECOGNIZED -> throw Preconditions.refused("by", "unknown", "a known grouping");
    };
  }

  private static UsageMeasure write(RankBy measure) {
    return switch (measure) {
      case TOKENS -> UsageMeasure.USAGE_MEASURE_TOKENS;
      case COST -> UsageMeasure.USAGE_MEASURE_COST;
      case REQUESTS -> UsageMeasure.USAGE_MEASURE_REQUESTS;
    };
  }

  public static RankBy read(UsageMeasure measure) {
    return switch (measure) {
      case USAGE_MEASURE_UNSPECIFIED, USAGE_MEASURE_TOKENS -> RankBy.TOKENS;
      case USAGE_MEASURE_COST -> RankBy.COST;
      case USAGE_MEASURE_REQUESTS -> RankBy.REQUESTS;
      case UNRECOGNIZED ->
          throw Preconditions.refused("measure", "unknown", "tokens, cost or requests");
    };
  }

  public static Optional<Outcome> read(io.anyserve.v1.Outcome outcome) {
    return switch (outcome) {
      case OUTCOME_UNSPECIFIED -> Optional.empty();
      case OUTCOME_FINISHED -> Optional.of(Outcome.FINISHED);
      case OUTCOME_FAILED -> Optional.of(Outcome.FAILED);
      case OUTCOME_CANCELLED -> Optional.of(Outcome.CANCELLED);
      case UNRECOGNIZED ->
          throw Preconditions.refused("outcome", "unknown", "finished, failed or cancelled");
    };
  }
}
