package io.anyserve.ingress.http;

import io.javalin.config.JavalinConfig;

/** Paths of one part of the ingress. */
public interface RouteGroup {

  void addTo(JavalinConfig config);
}
