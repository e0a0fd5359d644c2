package io.anyserve.metering.http;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.metering.query.DefaultRanges;
import io.anyserve.metering.query.GroupBy;
import io.anyserve.metering.query.RankBy;
import io.anyserve.metering.query.Selection;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.TimeRange;
import io.anyserve.metering.query.TopQuery;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.metering.query.UsageFilter;
import io.anyserve.metering.query.WindowQuery;
import io.anyserve.metering.query.ledger.LedgerPageToken;
import io.anyserve.metering.query.ledger.LedgerQuery;
import java.util.Set;

/**
 * Reads queries from their parameters, with the defaults of those that are not given. Throws an
 * IllegalArgumentException for a wrong value and a FailureException for another tenant's usage.
 * Immutable.
 */
record UsageQueryParser(DefaultRanges ranges) {

  static final Set<String> TENANT = Set.of("tenant");
  static final Set<String> WINDOWS =
      Set.of(
          "tenant", "size", "from", "to", "by", "model", "capability", "session", "key", "format");
  static final Set<String> TOP = Set.of("tenant", "by", "measure", "from", "to", "limit", "format");
  static final Set<String> LEDGER =
      Set.of(
          "tenant",
          "from",
          "to",
          "model",
          "capability",
          "session",
          "key",
          "outcome",
          "limit",
          "cursor",
          "format");

  private enum Format {
    JSON,
    CSV
  }

  static boolean csv(QueryParameters given) {
    return given.choice("format", Format.class).orElse(Format.JSON) == Format.CSV;
  }

  /** One tenant or, for an admin who names none, all of them. */
  static TenantScope scope(UsageCaller caller, QueryParameters given) {
    return caller.scope(given.text("tenant").orElse(""));
  }

  static TenantId tenant(UsageCaller caller, QueryParameters given) {
    return caller.tenant(given.text("tenant").orElse(""));
  }

  WindowQuery windows(UsageCaller caller, QueryParameters given) {
    WindowGranularity size =
        given
            .choice("size", WindowGranularity.class)
            .orElseThrow(() -> Preconditions.refused("size", "not set", "minute, hour, day"));
    return new WindowQuery(
        scope(caller, given),
        size,
        ranges.chart(size, given.time("from"), given.time("to")),
        new Selection(given.choice("by", GroupBy.class).orElse(GroupBy.NONE), filter(given)));
  }

  TopQuery top(UsageCaller caller, QueryParameters given) {
    TimeRange range = ranges.list(given.time("from"), given.time("to"));
    return new TopQuery(
        scope(caller, given),
        given.choice("by", GroupBy.class).orElse(GroupBy.NONE),
        given.choice("measure", RankBy.class).orElse(RankBy.TOKENS),
        TopQuery.size(range, ranges.now()),
        range,
        given.number("limit", TopQuery.DEFAULT_LIMIT));
  }

  LedgerQuery ledger(UsageCaller caller, QueryParameters given) {
    return new LedgerQuery(
        scope(caller, given),
        ranges.list(given.time("from"), given.time("to")),
        filter(given),
        given.choice("outcome", Outcome.class),
        given.number("limit", LedgerQuery.DEFAULT_LIMIT),
        given.text("cursor").map(LedgerPageToken::parse));
  }

  private static UsageFilter filter(QueryParameters given) {
    return new UsageFilter(
        given.text("capability"), given.text("model"), given.text("session"), given.text("key"));
  }
}
