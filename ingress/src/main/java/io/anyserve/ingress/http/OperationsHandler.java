package io.anyserve.ingress.http;

import io.anyserve.runtime.ProcessStatus;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;

/**
 * Metrics and health of the process, as its admin server has them. The reasons why it is not ready
 * are told there alone: here anybody may ask. Thread-safe.
 */
public final class OperationsHandler {

  private final ProcessStatus process;

  public OperationsHandler(ProcessStatus process) {
    this.process = process;
  }

  void metrics(Context http) {
    http.contentType(ProcessStatus.PROMETHEUS).result(process.metrics());
  }

  void health(Context http) {
    http.contentType(ProcessStatus.PLAIN);
    answer(http, ProcessStatus.UP);
  }

  void readiness(Context http) {
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
