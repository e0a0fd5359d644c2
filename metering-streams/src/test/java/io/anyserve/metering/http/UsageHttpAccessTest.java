package io.anyserve.metering.http;

import static io.anyserve.metering.http.UsageHttpFixture.anywhere;
import static io.anyserve.metering.http.UsageHttpFixture.error;
import static io.anyserve.metering.http.UsageHttpFixture.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.KeyCodec;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyHash;
import io.anyserve.contracts.key.KeyHashes;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.contracts.key.KeySecret;
import io.anyserve.contracts.key.KeyValidity;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.api.TestKeys;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.auth.StoredKeys;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
final class UsageHttpAccessTest {

  private final UsageHttpFixture server;

  UsageHttpAccessTest() throws Exception {
    server = new UsageHttpFixture();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "me",
        "tenant",
        "sessions/s1",
        "windows?size=day",
        "top?by=key",
        "lines",
        "lines?format=csv",
        "quotas",
        "live"
      })
  void nothingIsToldWithoutAKey(String path) throws Exception {
    for (Optional<String> key : List.of(Optional.<String>empty(), Optional.of("guess"))) {
      var request = HttpRequest.newBuilder(server.uri("/v1/usage/" + path));
      key.ifPresent(guess -> request.header("Authorization", "Bearer " + guess));
      HttpResponse<String> answer = server.client.send(request.build(), BodyHandlers.ofString());
      assertEquals(401, answer.statusCode());
      assertEquals("Bearer", answer.headers().firstValue("WWW-Authenticate").orElse(""));
      assertEquals("UNAUTHENTICATED", error(answer).path("code").asString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tenant?tenant=globex",
        "tenant?tenant=*",
        "sessions/s3?tenant=globex",
        "windows?size=day&tenant=globex",
        "top?by=session&tenant=globex",
        "lines?tenant=globex",
        "lines?tenant=globex&format=csv",
        "quotas?tenant=globex",
        "live?tenant=globex"
      })
  void othersAreOutOfReach(String path) throws Exception {
    HttpResponse<String> answer = server.get(path, TestKeys.ACME);
    assertEquals(403, answer.statusCode(), answer::body);
    assertFalse(answer.body().contains("400"), answer::body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lines?session=s3",
        "lines?session=s3&cursor=MDow",
        "windows?size=minute&session=s3",
        "lines?key=key-2"
      })
  void guessesOfOthersNamesFindNothing(String path) throws Exception {
    HttpResponse<String> answer = server.get(path, TestKeys.ACME);
    assertEquals(200, answer.statusCode());
    assertFalse(answer.body().contains("globex"), answer::body);
    assertFalse(answer.body().contains("400"), answer::body);
    HttpResponse<String> session = server.get("sessions/s3", TestKeys.ACME);
    assertEquals(server.get("sessions/never", TestKeys.ACME).statusCode(), session.statusCode());
    assertEquals("SESSION_NOT_FOUND", error(session).path("code").asString());
  }

  @Test
  void theCookieOfAPageStandsForItsKey() throws Exception {
    HttpResponse<String> answer = login("{\"key\":\"" + TestKeys.ACME + "\"}");
    assertEquals(200, answer.statusCode());
    assertEquals("acme", json(answer).path("tenant").asString());
    String cookie = answer.headers().firstValue("Set-Cookie").orElse("");
    assertTrue(cookie.contains("HttpOnly"), cookie);
    assertTrue(cookie.contains("SameSite=Strict"), cookie);
    assertFalse(cookie.contains("Secure"), cookie);
    assertFalse(cookie.contains(TestKeys.ACME), cookie);
    String pair = cookie.substring(0, cookie.indexOf(';'));
    HttpResponse<String> me =
        server.send(HttpRequest.newBuilder(server.uri("/v1/usage/me")).header("Cookie", pair));
    assertEquals("acme", json(me).path("tenant").asString());
    HttpResponse<String> left =
        server.send(
            HttpRequest.newBuilder(server.uri("/usage/logout"))
                .POST(HttpRequest.BodyPublishers.noBody()));
    assertEquals(204, left.statusCode());
    String gone = left.headers().firstValue("Set-Cookie").orElse("");
    assertTrue(gone.contains("Expires=Thu, 01 Jan 1970 00:00:00 GMT"), gone);
  }

  @Test
  void onlyKeysLogIn() throws Exception {
    assertEquals(401, login("{\"key\":\"guess\"}").statusCode());
    assertEquals(400, login("{}").statusCode());
    assertEquals(400, login("{\"key\":7}").statusCode());
    assertEquals(400, login("not json").statusCode());
    assertEquals(413, login("{\"key\":\"" + "x".repeat(10_000) + "\"}").statusCode());
    HttpResponse<String> form =
        server.send(
            HttpRequest.newBuilder(server.uri("/usage/login"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"" + TestKeys.ACME + "\"}")));
    assertEquals(400, form.statusCode());
    HttpResponse<String> forged =
        server.send(
            HttpRequest.newBuilder(server.uri("/v1/usage/me"))
                .header("Cookie", "anyserve_usage_key=!!"));
    assertEquals(401, forged.statusCode());
  }

  @Test
  void withoutKeysEverybodyIsTheDefaultTenant() throws Exception {
    try (UsageHttp open = server.api.http(anywhere(), new ApiKeys(List.of()))) {
      open.start();
      server.counted.add(TestEntry.of("default", "s1").entry());
      var request =
          HttpRequest.newBuilder(
              URI.create("http://127.0.0.1:" + open.address().getPort() + "/v1/usage/tenant"));
      JsonNode own = json(server.send(request));
      assertEquals("default", own.path("tenant").asString());
      assertEquals(1, own.path("totals").path("requests").asInt());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "me",
        "tenant",
        "sessions/s1",
        "windows?size=day",
        "top?by=key",
        "lines",
        "lines?format=csv",
        "quotas",
        "live"
      })
  void aKeyWithoutTheScopeUsageOpensNoPage(String path) throws Exception {
    Random random = new Random(1);
    KeySecret secret = KeySecret.next(random);
    StoredKeys stored = stored(secret, KeyHash.of(secret, random));
    var keys = new ApiKeys(List.of(), false, stored, InstantSource.system());
    try (UsageHttp closed = server.api.http(anywhere(), keys)) {
      closed.start();
      var at = URI.create("http://127.0.0.1:" + closed.address().getPort() + "/v1/usage/" + path);
      var request = HttpRequest.newBuilder(at).header("Authorization", "Bearer " + secret.text());
      HttpResponse<String> answer = server.send(request);
      assertEquals(403, answer.statusCode(), answer::body);
      assertEquals(
          "scopes of the key: infer (expected: usage)", error(answer).path("message").asString());
    }
  }

  private static StoredKeys stored(KeySecret secret, KeyHash hash) {
    StoredKey key =
        new StoredKey(
            secret.id(),
            new KeyHashes(hash),
            new KeyGrant(new TenantId("acme"), "", Set.of(KeyScope.INFER)),
            new KeyValidity(true, Instant.EPOCH, Optional.empty()),
            OptionalInt.empty());
    StoredKeys stored = new StoredKeys();
    stored.read(new ConsumerRecord<>("keys", 0, 0, KeyCodec.key(key.id()), KeyCodec.encode(key)));
    stored.caughtUp();
    return stored;
  }

  private HttpResponse<String> login(String body) throws Exception {
    return server.send(
        HttpRequest.newBuilder(server.uri("/usage/login"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }
}
