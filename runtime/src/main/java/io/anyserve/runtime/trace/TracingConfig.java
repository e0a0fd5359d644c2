package io.anyserve.runtime.trace;

import io.anyserve.runtime.ConfigSection;
import java.net.URI;
import java.util.Optional;

/**
 * Where spans go and how many.
 *
 * @param endpoint of an OTLP/HTTP receiver, without {@code /v1/traces}; empty for no traces
 * @param ratio of the traces that begin here; a caller's decision counts more
 * @param service the name under which this process appears
 */
public record TracingConfig(Optional<URI> endpoint, double ratio, String service) {

  /** No traces. */
  public static final TracingConfig OFF = new TracingConfig(Optional.empty(), 1, "anyserve");

  public TracingConfig {
    endpoint.ifPresent(TracingConfig::check);
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("ratio: " + ratio + " (expected: 0 to 1)");
    }
    if (service.isBlank()) {
      throw new IllegalArgumentException("service: blank (expected: a name)");
    }
  }

  /**
   * From a table with {@code endpoint}, {@code ratio} and {@code service}.
   *
   * @param otherwise the endpoint where the table names none
   */
  public static TracingConfig read(ConfigSection section, Optional<String> otherwise) {
    Optional<String> endpoint =
        section
            .optional(
                "endpoint",
                "`OTEL_EXPORTER_OTLP_ENDPOINT`",
                "URL of an OTLP/HTTP receiver of traces. No traces are made without one.")
            .or(() -> otherwise);
    double ratio =
        section.number(
            "ratio", OFF.ratio(), 0, 1, "Share of the requests without a caller's trace to trace.");
    String service =
        section.text("service", OFF.service(), "Name of the process in traces: `service.name`.");
    return section.build(
        () ->
            new TracingConfig(
                endpoint.filter(text -> !text.isBlank()).map(URI::create), ratio, service),
        OFF);
  }

  private static void check(URI endpoint) {
    boolean http = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
    if (!http || endpoint.getHost() == null) {
      throw new IllegalArgumentException(
          "endpoint: " + endpoint + " (expected: http://host:port of an OTLP/HTTP receiver)");
    }
  }
}
