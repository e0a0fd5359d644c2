package io.anyserve.ingress.http;

import io.anyserve.runtime.ProcessStatus;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;

/**
 * Metrics and health of the process, as its admin server has them. The reasons why it is not ready
 * are told there alone: here anybody may ask. Thread-safe.
 */
public final class OperationsHandler implements RouteGroup {

  private final ProcessStatus process;

  public OperationsHandler(ProcessStatus process) {
    this.process = process;
  }

  @Override
  public void addTo(JavalinConfig config) {
    config.routes.get("/metrics", this::metrics);
    config.routes.get("/health", this::health).head("/health", this::health);
    config.routes.get("/readiness", this::readiness).head("/readiness", this::readiness);
  }

  private void metrics(Context http) {
    http.contentType(ProcessStatus.PROMETHEUS).result(process.metrics());
  }

  private void health(Context http) {
    http.contentType(ProcessStatus.PLAIN);
    answer(http, ProcessStatus.UP);
  }

  private void readiness(Context http) {
    ProcessStatus.Answer answer = process.readinessWithoutReasons();
    http.status(answer.status()).contentType(ProcessStatus.PLAIN);
    answer(http, answer.text());
  }

  private static void answer(Context http, String text) {
    if (!http.method().equals(HandlerType.HEAD)) {
      http.result(text);
    }
  }
}
