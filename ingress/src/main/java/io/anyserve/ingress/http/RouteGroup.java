package io.anyserve.ingress.http;

import io.javalin.config.RoutesConfig;

/** Paths that belong together. Their callers are checked as on every path. */
public interface RouteGroup {

  void addTo(RoutesConfig routes);
}
