package io.anyserve.ingress.http;

import io.javalin.config.JavalinConfig;
import io.javalin.http.HandlerType;

/** Paths of one part of the ingress. */
public interface RouteGroup {

  void addTo(JavalinConfig config);

  /** Whether that path of this part needs no key. All others do. */
  default boolean isPublic(HandlerType method, String path) {
    return false;
  }
}
