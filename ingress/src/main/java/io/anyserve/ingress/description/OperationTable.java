package io.anyserve.ingress.description;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The description of every route, by its name as in {@link ApiRoute#name}, in the order of the
 * document. A path of the OpenAI API without its version has the description of the one below
 * {@code /v1}.
 */
final class OperationTable {

  private static final String VERSION = "/v1";

  private static final Map<String, ApiOperation> OPERATIONS = operations();

  private OperationTable() {}

  private static Map<String, ApiOperation> operations() {
    Map<String, ApiOperation> all = new LinkedHashMap<>();
    CompletionOperations.addTo(all);
    ResponseOperations.addTo(all);
    ChatOperations.addTo(all);
    SystemOperations.addTo(all);
    return Collections.unmodifiableMap(all);
  }

  /** Of the route, or of the one below {@code /v1} that does the same. */
  static Optional<ApiOperation> find(ApiRoute route) {
    return Optional.ofNullable(OPERATIONS.get(isAlias(route) ? versioned(route) : route.name()));
  }

  /** Whether it is a path of the OpenAI API without its version. */
  static boolean isAlias(ApiRoute route) {
    return OPERATIONS.containsKey(versioned(route)) && !OPERATIONS.containsKey(route.name());
  }

  private static String versioned(ApiRoute route) {
    return route.method() + " " + VERSION + route.path();
  }

  /** Throws IllegalStateException for a route without a description. */
  static void require(ApiRoute route) {
    if (find(route).isEmpty() && !route.name().equals(ChatSocketDescription.ROUTE)) {
      throw new IllegalStateException(
          route.name() + ": a route without a description (expected: an entry in OperationTable)");
    }
  }

  /** The place of a route in the document; paths without their version come last. */
  static int place(ApiRoute route) {
    List<String> names = List.copyOf(OPERATIONS.keySet());
    return isAlias(route)
        ? names.size() + names.indexOf(versioned(route))
        : names.indexOf(route.name());
  }
}
