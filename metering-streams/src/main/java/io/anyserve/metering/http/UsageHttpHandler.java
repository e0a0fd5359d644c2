package io.anyserve.metering.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.metering.query.DefaultRanges;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.TimeRange;
import io.anyserve.metering.query.TopQuery;
import io.anyserve.metering.query.TopTable;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.metering.query.WindowQuery;
import io.anyserve.metering.query.WindowTable;
import io.anyserve.metering.query.ledger.LedgerPage;
import io.anyserve.metering.query.ledger.LedgerQuery;
import io.anyserve.metering.query.service.QueryExecutor;
import io.anyserve.metering.query.service.UsageQueryService;
import io.anyserve.quota.LimitStatus;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** The questions that HTTP asks, below {@code /v1/usage}. Thread-safe. */
public final class UsageHttpHandler {

  private static final String BASE = "/v1/usage";
  private static final String JSON = "application/json";
  private static final String CSV = "text/csv; charset=utf-8; header=present";

  private final UsageQueryService queries;
  private final UsageQueryParser parser;
  private final QueryExecutor threads;
  private final HttpAuthenticator askers;
  private final Function<TenantId, List<LimitStatus>> quotas;
  private final PageContext page;

  public UsageHttpHandler(
      UsageQueryService queries,
      DefaultRanges ranges,
      QueryExecutor threads,
      HttpAuthenticator askers,
      Function<TenantId, List<LimitStatus>> quotas,
      PageContext page) {
    this.queries = queries;
    this.parser = new UsageQueryParser(ranges);
    this.threads = threads;
    this.askers = askers;
    this.quotas = quotas;
    this.page = page;
  }

  void addTo(RoutesConfig routes) {
    routes.get(BASE + "/me", http -> me(http, askers.asker(http)));
    routes.get(BASE + "/tenant", this::tenant);
    routes.get(BASE + "/sessions/{session}", this::session);
    routes.get(BASE + "/windows", this::windows);
    routes.get(BASE + "/top", this::top);
    routes.get(BASE + "/lines", this::ledger);
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
          UsageJson.text(json, "currency", page.currency().get());
          page.chat()
              .ifPresent(chat -> json.writeStringProperty("chat_url", chat.address().toString()));
        });
  }

  private void tenant(Context http) {
    UsageCaller asker = askers.asker(http);
    TenantScope scope = UsageQueryParser.scope(asker, parameters(http, UsageQueryParser.TENANT));
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
    TenantId tenant = UsageQueryParser.tenant(asker, parameters(http, UsageQueryParser.TENANT));
    SessionId session = new SessionId(http.pathParam("session"));
    var usage = threads.call(asker, () -> queries.session(asker, tenant, session));
    answer(http, json -> UsageJson.session(json, usage));
  }

  private void windows(Context http) {
    UsageCaller asker = askers.asker(http);
    QueryParameters given = parameters(http, UsageQueryParser.WINDOWS);
    WindowQuery query = parser.windows(asker, given);
    boolean csv = UsageQueryParser.csv(given);
    WindowTable table = threads.call(asker, () -> queries.windows(asker, query));
    if (csv) {
      download(http, "usage-windows.csv", rows -> CsvRows.write(rows, table));
    } else {
      table(http, query.size(), query.range(), json -> UsageJson.windows(json, table));
    }
  }

  private void top(Context http) {
    UsageCaller asker = askers.asker(http);
    QueryParameters given = parameters(http, UsageQueryParser.TOP);
    TopQuery query = parser.top(asker, given);
    boolean csv = UsageQueryParser.csv(given);
    TopTable table = threads.call(asker, () -> queries.top(asker, query));
    if (csv) {
      download(http, "usage-top.csv", rows -> CsvRows.write(rows, table));
    } else {
      table(http, query.size(), query.range(), json -> UsageJson.rows(json, table));
    }
  }

  private void ledger(Context http) {
    UsageCaller asker = askers.asker(http);
    QueryParameters given = parameters(http, UsageQueryParser.LEDGER);
    LedgerQuery query = parser.ledger(asker, given);
    if (UsageQueryParser.csv(given)) {
      download(http, "usage-lines.csv", rows -> everyEntry(query, rows));
    } else {
      LedgerPage page = threads.call(asker, () -> queries.entries(query));
      answer(http, json -> UsageJson.page(json, page));
    }
  }

  /** Row by row, however many there are. */
  private void everyEntry(LedgerQuery query, Csv rows) {
    CsvRows.header(rows);
    queries.allEntries(query, entry -> CsvRows.write(rows, entry));
  }

  private void quotas(Context http) {
    UsageCaller asker = askers.asker(http);
    TenantId tenant = UsageQueryParser.tenant(asker, parameters(http, UsageQueryParser.TENANT));
    List<LimitStatus> limits = threads.call(asker, () -> quotas.apply(tenant));
    answer(http, json -> UsageJson.quotas(json, limits));
  }

  static QueryParameters parameters(Context http, Set<String> known) {
    return new QueryParameters(http.queryParamMap(), known);
  }

  private static void table(
      Context http, WindowGranularity size, TimeRange range, Consumer<JsonGenerator> rows) {
    answer(
        http,
        json -> {
          json.writeStringProperty("size", QueryParameters.lowerCase(size));
          UsageJson.range(json, range);
          rows.accept(json);
        });
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
