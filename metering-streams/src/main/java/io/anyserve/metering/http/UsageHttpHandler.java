package io.anyserve.metering.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.metering.query.DefaultRanges;
import io.anyserve.metering.query.GroupBy;
import io.anyserve.metering.query.QueryChecks;
import io.anyserve.metering.query.RankBy;
import io.anyserve.metering.query.Selection;
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
import io.anyserve.metering.query.service.QueryExecutor;
import io.anyserve.metering.query.service.QuotaReport;
import io.anyserve.metering.query.service.UsageQueryService;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/** The questions that HTTP asks, below {@code /v1/usage}. Thread-safe. */
public final class UsageHttpHandler {

  private static final String BASE = "/v1/usage";
  private static final String JSON = "application/json";
  private static final String CSV = "text/csv; charset=utf-8; header=present";

  private final UsageQueryService queries;
  private final DefaultRanges times;
  private final QueryExecutor threads;
  private final HttpAuthenticator askers;
  private final QuotaReport quotas;
  private final Supplier<Optional<String>> currency;

  public UsageHttpHandler(
      UsageQueryService queries,
      DefaultRanges times,
      QueryExecutor threads,
      HttpAuthenticator askers,
      QuotaReport quotas,
      Supplier<Optional<String>> currency) {
    this.queries = queries;
    this.times = times;
    this.threads = threads;
    this.askers = askers;
    this.quotas = quotas;
    this.currency = currency;
  }

  void addTo(RoutesConfig routes) {
    routes.get(BASE + "/me", http -> me(http, askers.asker(http)));
    routes.get(BASE + "/tenant", this::tenant);
    routes.get(BASE + "/sessions/{session}", this::session);
    routes.get(BASE + "/windows", this::windows);
    routes.get(BASE + "/top", this::top);
    routes.get(BASE + "/lines", this::lines);
    routes.get(BASE + "/quotas", this::quotas);
    routes.post("/usage/login", http -> me(http, askers.login(http)));
    routes.post(
        "/usage/logout",
        http -> {
          askers.logout(http);
          http.status(HttpStatus.NO_CONTENT);
        });
  }

  private void me(Context http, UsageCaller asker) {
    parameters(http, Set.of());
    answer(
        http,
        json -> {
          json.writeStringProperty("tenant", asker.caller().tenant().value());
          json.writeBooleanProperty("admin", asker.caller().admin());
          UsageJson.text(json, "currency", currency.get());
        });
  }

  private void tenant(Context http) {
    UsageCaller asker = askers.asker(http);
    QueryParameters given = parameters(http, Set.of("tenant"));
    TenantScope scope = asker.scope(given.text("tenant").orElse(""));
    var totals = threads.call(asker, () -> queries.totals(asker, scope));
    answer(
        http,
        json -> {
          json.writeStringProperty("tenant", scope.toString());
          json.writeObjectPropertyStart("totals");
          UsageJson.totals(json, totals);
          json.writeEndObject();
        });
  }

  private void session(Context http) {
    UsageCaller asker = askers.asker(http);
    QueryParameters given = parameters(http, Set.of("tenant"));
    TenantId tenant = asker.tenant(given.text("tenant").orElse(""));
    SessionId session = new SessionId(http.pathParam("session"));
    var usage = threads.call(asker, () -> queries.session(asker, tenant, session));
    answer(http, json -> UsageJson.session(json, usage));
  }

  private void windows(Context http) {
    UsageCaller asker = askers.asker(http);
    QueryParameters given =
        parameters(
            http,
            Set.of(
                "tenant",
                "size",
                "from",
                "to",
                "by",
                "model",
                "capability",
                "session",
                "key",
                "format"));
    WindowGranularity size =
        given
            .choice("size", WindowGranularity.class)
            .orElseThrow(() -> QueryChecks.refused("size", "not set", "minute, hour, day"));
    WindowQuery query =
        new WindowQuery(
            asker.scope(given.text("tenant").orElse("")),
            size,
            times.chart(size, given.time("from"), given.time("to")),
            new Selection(given.choice("by", GroupBy.class).orElse(GroupBy.NONE), filter(given)));
    boolean csv = csv(given);
    WindowTable table = threads.call(asker, () -> queries.windows(asker, query));
    if (csv) {
      download(http, "usage-windows.csv", rows -> CsvRows.write(rows, table));
    } else {
      answer(
          http,
          json -> {
            json.writeStringProperty("size", QueryParameters.lowerCase(query.size()));
            UsageJson.range(json, query.range());
            UsageJson.windows(json, table);
          });
    }
  }

  private void top(Context http) {
    UsageCaller asker = askers.asker(http);
    QueryParameters given =
        parameters(http, Set.of("tenant", "by", "measure", "from", "to", "limit", "format"));
    TimeRange range = times.list(given.time("from"), given.time("to"));
    TopQuery query =
        new TopQuery(
            asker.scope(given.text("tenant").orElse("")),
            given.choice("by", GroupBy.class).orElse(GroupBy.NONE),
            given.choice("measure", RankBy.class).orElse(RankBy.TOKENS),
            TopQuery.size(range, times.now()),
            range,
            given.number("limit", TopQuery.DEFAULT_LIMIT));
    boolean csv = csv(given);
    TopTable table = threads.call(asker, () -> queries.top(asker, query));
    if (csv) {
      download(http, "usage-top.csv", rows -> CsvRows.write(rows, table));
    } else {
      answer(
          http,
          json -> {
            json.writeStringProperty("size", QueryParameters.lowerCase(query.size()));
            UsageJson.range(json, query.range());
            UsageJson.rows(json, table);
          });
    }
  }

  private void lines(Context http) {
    UsageCaller asker = askers.asker(http);
    QueryParameters given =
        parameters(
            http,
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
                "format"));
    LedgerQuery query =
        new LedgerQuery(
            asker.scope(given.text("tenant").orElse("")),
            times.list(given.time("from"), given.time("to")),
            filter(given),
            given.choice("outcome", Outcome.class),
            given.number("limit", LedgerQuery.DEFAULT_LIMIT),
            given.text("cursor").map(LedgerPageToken::parse));
    if (csv(given)) {
      download(http, "usage-lines.csv", rows -> everyLine(query, rows));
    } else {
      LedgerPage page = threads.call(asker, () -> queries.lines(query));
      answer(http, json -> UsageJson.page(json, page));
    }
  }

  /** Row by row, however many there are. */
  private void everyLine(LedgerQuery query, Csv rows) {
    CsvRows.header(rows);
    queries.allLines(query, line -> CsvRows.write(rows, line));
  }

  private void quotas(Context http) {
    UsageCaller asker = askers.asker(http);
    QueryParameters given = parameters(http, Set.of("tenant"));
    TenantId tenant = asker.tenant(given.text("tenant").orElse(""));
    List<QuotaReport.Row> rows = threads.call(asker, () -> quotas.rows(tenant));
    answer(http, json -> UsageJson.quotas(json, rows));
  }

  static QueryParameters parameters(Context http, Set<String> known) {
    return new QueryParameters(http.queryParamMap(), known);
  }

  private static UsageFilter filter(QueryParameters given) {
    return new UsageFilter(
        given.text("capability"), given.text("model"), given.text("session"), given.text("key"));
  }

  private enum Format {
    JSON,
    CSV
  }

  private static boolean csv(QueryParameters given) {
    return given.choice("format", Format.class).orElse(Format.JSON) == Format.CSV;
  }

  private static void answer(Context http, Consumer<JsonGenerator> content) {
    http.contentType(JSON);
    UsageJson.write(http.outputStream(), content);
  }

  /** What fails in the middle must not look like the end. */
  private static void download(Context http, String name, Consumer<Csv> content) {
    http.contentType(CSV);
    http.header("Content-Disposition", "attachment; filename=\"" + name + "\"");
    try {
      Writer out = new BufferedWriter(new OutputStreamWriter(http.outputStream(), UTF_8));
      content.accept(new Csv(out));
      out.flush();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
