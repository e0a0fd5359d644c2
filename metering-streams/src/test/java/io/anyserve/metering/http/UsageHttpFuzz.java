package io.anyserve.metering.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.metering.api.TestKeys;
import io.anyserve.runtime.fuzz.FuzzedServer;
import io.anyserve.runtime.fuzz.HttpCalls;
import io.anyserve.runtime.fuzz.HttpCalls.Call;
import io.anyserve.runtime.fuzz.HttpFuzz;
import io.anyserve.runtime.fuzz.JsonEdits;
import io.anyserve.runtime.fuzz.ServerFuzz;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Usage over HTTP, its keys in headers and cookies, as bytes. */
public final class UsageHttpFuzz {

  private static final ServerFuzz SERVER =
      new ServerFuzz("GET /usage HTTP/1.1", UsageHttpFuzz::start);
  private static final String USAGE = "/v1/usage/";
  private static final String COOKIE =
      "Cookie: anyserve_usage_key="
          + Base64.getUrlEncoder().encodeToString(TestKeys.ACME.getBytes(UTF_8));

  private static final JsonEdits LOGIN =
      new JsonEdits(
          List.of("{\"key\":\"secret-of-acme\"}"),
          List.of("key", "x"),
          List.of("null", "1", "\"\"", "\"x\"", "[]", "{}"));

  private static final HttpCalls CALLS =
      new HttpCalls(
          List.of(
              new Call("GET", USAGE + "me"),
              new Call("GET", USAGE + "tenant?tenant=acme"),
              new Call("GET", USAGE + "sessions/s1"),
              new Call("GET", USAGE + "windows?size=day&by=model&from=2026-11-20T12:00:00Z&to=0"),
              new Call("GET", USAGE + "top?by=key&measure=tokens&limit=5"),
              new Call("GET", USAGE + "lines?limit=1&outcome=failed&format=csv&cursor=x"),
              new Call("GET", USAGE + "quotas"),
              new Call("POST", "/usage/login", LOGIN),
              new Call("POST", "/usage/logout"),
              new Call("GET", "/usage"),
              new Call("GET", "/usage/page.js")),
          List.of(COOKIE),
          List.of("Authorization: Bearer " + TestKeys.ADMIN, "X-Forwarded-Proto: https", COOKIE));

  private static final List<String> RAW =
      List.of("GET /v1/usage/me HTTP/1.1\r\nHost: localhost\r\n" + COOKIE + "\r\n\r\n");

  private static final HttpFuzz FUZZ = new HttpFuzz(SERVER, CALLS, RAW);

  private UsageHttpFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    FUZZ.read(input);
  }

  /** Throws for what the server has not ended. */
  static void end() throws Exception {
    SERVER.end();
  }

  private static FuzzedServer start() throws Exception {
    var server = new UsageHttpFixture();
    return new FuzzedServer(server.http.address(), () -> 0, Map.of(), server);
  }
}
