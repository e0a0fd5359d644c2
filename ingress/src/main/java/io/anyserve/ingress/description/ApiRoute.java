package io.anyserve.ingress.description;

import io.anyserve.contracts.key.KeyScope;
import java.util.Optional;

/**
 * A route of the server.
 *
 * @param method of HTTP in upper case; {@code WS} for a WebSocket
 * @param path as it is registered: {@code {id}} is a segment, {@code <id>} may have slashes
 * @param scope that a caller's key needs; empty where no key is needed
 */
public record ApiRoute(String method, String path, Optional<KeyScope> scope) {

  static final String WEB_SOCKET = "WS";

  /** As in the tables of routes. */
  public String name() {
    return method + " " + path;
  }

  /** As OpenAPI writes it. */
  String template() {
    return path.replace('<', '{').replace('>', '}');
  }
}
