package io.anyserve.ingress;

import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.ingress.access.WebAccess;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.runtime.tls.TlsFiles;
import java.time.Duration;
import java.util.Optional;

/**
 * Where callers come in.
 *
 * @param port of gRPC, 0 for any free one
 * @param drain how long calls may go on when the ingress stops
 * @param tls of both servers; empty where they speak without
 */
public record ListenConfig(
    String host, int port, Duration drain, ApiHttp http, Optional<TlsFiles> tls) {

  public static final String DEFAULT_HOST = "127.0.0.1";
  public static final int DEFAULT_PORT = 7400;
  public static final Duration DEFAULT_DRAIN = Duration.ofSeconds(10);

  public ListenConfig {
    requireAddress(host, port);
    Preconditions.that(!drain.isNegative(), "drain", drain, "not negative");
  }

  /** Without TLS. */
  public ListenConfig(String host, int port, Duration drain, ApiHttp http) {
    this(host, port, drain, http, Optional.empty());
  }

  /** With HTTP beside it: on any free port where that of gRPC is any, else on the usual one. */
  public ListenConfig(String host, int port, Duration drain) {
    this(host, port, drain, new ApiHttp(host, port == 0 ? 0 : ApiHttp.DEFAULT_PORT));
  }

  /**
   * Where the OpenAI-compatible API listens.
   *
   * @param port 0 for any free one
   */
  public record ApiHttp(String host, int port, WebAccess web) {

    public static final int DEFAULT_PORT = 7407;

    public ApiHttp {
      requireAddress(host, port);
    }

    /** For browsers on this machine. */
    public ApiHttp(String host, int port) {
      this(host, port, WebAccess.local(host));
    }
  }

  /** Mistakes become problems of the section. */
  static ListenConfig read(ConfigSection section) {
    String host = section.text("host", DEFAULT_HOST, "Address that the gRPC server listens on.");
    int port =
        section.integer(
            "port", DEFAULT_PORT, 0, 65_535, "Port of the gRPC server; 0 for any free one.");
    Duration drain =
        section.duration(
            "drain",
            DEFAULT_DRAIN,
            Duration.ZERO,
            "Time that open calls get to finish when the ingress stops.");
    ApiHttp http = http(section);
    Optional<TlsFiles> tls = TlsFiles.read(section);
    return section.build(
        () -> new ListenConfig(host, port, drain, http, tls),
        new ListenConfig(DEFAULT_HOST, port, DEFAULT_DRAIN));
  }

  private static ApiHttp http(ConfigSection section) {
    String host =
        section.text(
            "api-http-host", DEFAULT_HOST, "Address that the OpenAI-compatible API listens on.");
    int port =
        section.integer(
            "api-http-port",
            ApiHttp.DEFAULT_PORT,
            0,
            65_535,
            "Port of the OpenAI-compatible API; 0 for any free one.");
    WebAccess web = WebAccess.read(section, host);
    return section.build(
        () -> new ApiHttp(host, port, web), new ApiHttp(DEFAULT_HOST, ApiHttp.DEFAULT_PORT));
  }

  private static void requireAddress(String host, int port) {
    Preconditions.that(!host.isBlank(), "host", host, "a name or an address");
    Preconditions.that(port >= 0 && port <= 65_535, "port", port, "0 to 65535");
  }
}
