package io.anyserve.metering.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.metering.query.ConflatingBuffer;
import io.anyserve.metering.query.LiveUsage;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.metering.query.service.QueryExecutor;
import io.anyserve.metering.query.service.UsageQueryService;
import io.anyserve.metering.store.UsageStore;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * {@code /v1/usage/live}: server-sent events. Each stream is written by the thread of its call.
 * While a slow reader keeps it from writing, one sum waits and nothing else. Thread-safe.
 */
public final class LiveUsageEvents implements AutoCloseable {

  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final UsageQueryService queries;
  private final QueryExecutor threads;
  private final HttpAuthenticator askers;
  private final Map<ConflatingBuffer, CountDownLatch> open = new ConcurrentHashMap<>();

  public LiveUsageEvents(
      UsageQueryService queries, QueryExecutor threads, HttpAuthenticator askers) {
    this.queries = queries;
    this.threads = threads;
    this.askers = askers;
  }

  /** Returns when the reader has left, or nothing comes any more. */
  void serve(Context http) throws IOException, InterruptedException {
    UsageCaller asker = askers.asker(http);
    QueryParameters given = UsageHttpHandler.parameters(http, UsageQueryParser.TENANT);
    TenantScope scope = UsageQueryParser.scope(asker, given);
    ConflatingBuffer latest = new ConflatingBuffer();
    CountDownLatch ended = new CountDownLatch(1);
    open.put(latest, ended);
    try (UsageStore.Subscription _ =
        threads.call(asker, () -> queries.watch(asker, scope, latest))) {
      http.res().setContentType("text/event-stream;charset=utf-8");
      http.res().setHeader("X-Accel-Buffering", "no");
      write(http.res().getOutputStream(), latest);
    } finally {
      open.remove(latest);
      ended.countDown();
    }
  }

  private static void write(OutputStream out, ConflatingBuffer latest)
      throws IOException, InterruptedException {
    send(out, "retry: 2000\n\n");
    try {
      while (true) {
        Optional<LiveUsage> usage = latest.take(SILENCE);
        send(out, usage.map(LiveUsageEvents::events).orElse(": still here\n\n"));
      }
    } catch (FailureException e) {
      send(out, event("failure", json -> UsageJson.failure(json, e.failure())));
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  private static String events(LiveUsage usage) {
    StringBuilder text = new StringBuilder(event("usage", json -> UsageJson.live(json, usage)));
    for (LedgerEntry entry : usage.entries()) {
      text.append(event("line", json -> UsageJson.entry(json, entry)));
    }
    return text.toString();
  }

  private static String event(String name, Consumer<JsonGenerator> data) {
    return "event: " + name + "\ndata: " + new String(UsageJson.bytes(data), UTF_8) + "\n\n";
  }

  /** Tells every reader, and returns when that is written, or nobody reads it. */
  @Override
  public void close() {
    Map<ConflatingBuffer, CountDownLatch> streams = Map.copyOf(open);
    var ending = new FailureException(FailureCode.SHUTTING_DOWN, "usage: this instance stops");
    streams.keySet().forEach(latest -> latest.failed(ending));
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    try {
      for (CountDownLatch ended : streams.values()) {
        if (!ended.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
