package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.auth.ApiKey;
import io.javalin.Javalin;
import io.javalin.event.HandlerMetaInfo;
import io.javalin.http.HandlerType;
import io.micrometer.core.instrument.Counter;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RouteScopesTest {

  private static final Set<String> OPEN =
      Set.of(
          "GET /",
          "GET /docs",
          "GET /openapi.json",
          "GET /health",
          "HEAD /health",
          "GET /readiness",
          "HEAD /readiness");

  private final HttpTestServer server;

  RouteScopesTest() throws Exception {
    server =
        HttpTestServer.start(
            List.of(
                TestApiKeys.ACME,
                new ApiKey("root", TestApiKeys.hash("sk-root"), new TenantId("root"), true)));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void everyRouteOfTheServerIsClosedButTheOpenOnes() throws Exception {
    List<HandlerMetaInfo> routes = new ArrayList<>();
    var _ =
        Javalin.create(
            config -> {
              config.events.handlerAdded(routes::add);
              server.routes.addTo(config);
            });
    assertTrue(routes.size() >= 14, routes::toString);
    for (HandlerMetaInfo route : routes) {
      String name = route.getHttpMethod().name() + " " + route.getPath();
      HttpResponse<String> response =
          server.send(
              server
                  .to(route.getPath().replaceAll("[<{](\\w+)[>}]", "$1"))
                  .method(route.getHttpMethod().name(), BodyPublishers.noBody()));
      assertEquals(OPEN.contains(name) ? 200 : 401, response.statusCode(), name);
    }
  }

  @Test
  void aRouteThatIsNotInTheTableCannotBeRegistered() {
    RouteScopes.require(HandlerType.GET, "/health");
    RouteScopes.require(HandlerType.BEFORE, "*");
    for (Runnable registration :
        List.<Runnable>of(
            () -> RouteScopes.require(HandlerType.DELETE, "/health"),
            () -> RouteScopes.require(HandlerType.GET, "/new"),
            () -> RouteScopes.requireWebSocket("/health"))) {
      assertThrows(IllegalStateException.class, registration::run);
    }
  }

  @Test
  void metricsAreForWhoeverSeesEveryTenant() throws Exception {
    Counter.builder("calls").description("d").register(server.registry).increment();
    HttpResponse<String> tenant = get("/metrics", TestApiKeys.ACME_SECRET);
    assertEquals(403, tenant.statusCode());
    assertEquals("permission_denied", error(tenant).path("code").asString());
    assertTrue(error(tenant).path("message").asString().contains(KeyScope.ADMIN.toString()));
    HttpResponse<String> operator = get("/metrics", "sk-root");
    assertEquals(200, operator.statusCode());
    assertTrue(operator.body().contains("calls_total 1.0"), operator.body());
    try (var open = HttpTestServer.start()) {
      assertEquals(200, open.send(open.to("/metrics")).statusCode());
    }
  }

  @Test
  void readinessNamesTheComponentAndNotItsReason() throws Exception {
    HttpResponse<String> ready = server.send(server.to("/readiness"));
    assertEquals(200, ready.statusCode());
    assertEquals("ready\n", ready.body());
    server.notReady = List.of(new Health.Down("ReplayService", "broker 10.0.0.7 is away"));
    HttpResponse<String> not = server.send(server.to("/readiness"));
    assertEquals(503, not.statusCode());
    assertEquals("ReplayService\n", not.body());
    HttpResponse<String> head =
        server.send(server.to("/readiness").method("HEAD", BodyPublishers.noBody()));
    assertEquals(503, head.statusCode());
    assertEquals("up\n", server.send(server.to("/health")).body());
  }

  private HttpResponse<String> get(String path, String secret) throws Exception {
    return server.send(server.to(path).header("Authorization", "Bearer " + secret));
  }
}
