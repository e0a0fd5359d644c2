package io.anyserve.ingress.page;

import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.ingress.http.CallerCheck;
import io.anyserve.ingress.http.RouteGroup;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.TenantActivity;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;

/**
 * What this ingress knows of the system: the workers that live, what they offer, and the caller's
 * own requests, never another tenant's. Thread-safe.
 */
public final class SystemHandler implements RouteGroup {

  private static final int MOST_RECENT = 20;

  private final Supplier<List<WorkerHeartbeat>> workers;
  private final ResponseStreams streams;
  private final PageConfig page;

  /**
   * @param workers those that take work now
   */
  public SystemHandler(
      Supplier<List<WorkerHeartbeat>> workers, ResponseStreams streams, PageConfig page) {
    this.workers = workers;
    this.streams = streams;
    this.page = page;
  }

  @Override
  public void addTo(JavalinConfig config) {
    config.routes.get("/system", this::show);
  }

  private void show(Context http) {
    TenantActivity activity = streams.activity(CallerCheck.caller(http).tenant(), MOST_RECENT);
    http.contentType("application/json")
        .result(SystemJson.of(workers.get(), activity, page.usage()));
  }
}
