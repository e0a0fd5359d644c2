package io.anyserve.ingress.http;

import java.util.Map;

/** What browsers are told with every response: this server has no pages and no cookies. */
final class SecurityHeaders {

  static final Map<String, String> ALL =
      Map.of(
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Content-Security-Policy",
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "Cache-Control",
          "no-store");

  private SecurityHeaders() {}
}
