package io.anyserve.ingress.description;

import io.anyserve.ingress.admission.RequestCaps;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The description of one server, made of the routes that it registers. They are added by one thread
 * before the server starts; then it is thread-safe.
 */
public final class ApiDescription {

  private static final JsonMapper COMPACT = JsonMapper.builder().build();
  private static final JsonMapper INDENTED =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final RequestCaps caps;
  private final List<ApiRoute> routes = new CopyOnWriteArrayList<>();
  private volatile byte @Nullable [] document;

  /**
   * Of no route yet.
   *
   * @param caps of messages and answers
   */
  public ApiDescription(RequestCaps caps) {
    this.caps = caps;
  }

  /** Throws IllegalStateException for a route that has no description. */
  public void add(ApiRoute route) {
    OperationTable.require(route);
    routes.add(route);
    document = null;
  }

  /** The OpenAPI document in UTF-8. */
  public byte[] document() {
    byte[] made = document;
    if (made == null) {
      made = COMPACT.writeValueAsBytes(new OpenApi(caps).document(routes));
      document = made;
    }
    return made;
  }

  /** The OpenAPI document of those routes and the default settings; indented, ends in a newline. */
  public static String openApi(Collection<ApiRoute> routes) {
    return indented(new OpenApi(RequestCaps.DEFAULT).document(routes));
  }

  /** The same as a Postman collection. */
  public static String postman(Collection<ApiRoute> routes) {
    return indented(PostmanCollection.of(new OpenApi(RequestCaps.DEFAULT).document(routes)));
  }

  private static String indented(ObjectNode json) {
    return INDENTED.writeValueAsString(json).replace("\r\n", "\n") + "\n";
  }
}
