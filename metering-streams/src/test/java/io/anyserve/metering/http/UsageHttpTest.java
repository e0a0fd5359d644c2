package io.anyserve.metering.http;

import static io.anyserve.metering.http.UsageHttpFixture.error;
import static io.anyserve.metering.http.UsageHttpFixture.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.api.TestKeys;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
final class UsageHttpTest {

  private static final String AT_NOON = "from=2026-11-20T12:00:00Z&to=2026-11-20T13:00:00Z";

  private final UsageHttpFixture server;

  UsageHttpTest() throws Exception {
    server = new UsageHttpFixture();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void saysWhoAsks() throws Exception {
    assertEquals(
        "{\"tenant\":\"acme\",\"admin\":false,\"currency\":\"EUR\","
            + "\"chat_url\":\"https://chat.example/\"}",
        body("me"));
    assertTrue(json(server.get("me", TestKeys.ADMIN)).path("admin").asBoolean());
  }

  @Test
  void tellsTotals() throws Exception {
    JsonNode own = json(server.get("tenant", TestKeys.ACME));
    assertEquals("acme", own.path("tenant").asString());
    assertEquals(2, own.path("totals").path("requests").asInt());
    assertEquals(1, own.path("totals").path("failed").asInt());
    assertEquals(30, own.path("totals").path("completion_tokens").asInt());
    assertEquals(60_000, own.path("totals").path("engine_micros").asInt());
    assertEquals(100, own.path("totals").path("first_token_ms").path("p50").asInt());
    JsonNode none = json(server.get("tenant?tenant=nobody", TestKeys.ADMIN)).path("totals");
    assertEquals(0, none.path("requests").asInt());
    assertTrue(none.path("duration_ms").path("p99").isNull());
    assertEquals("*", json(server.get("tenant", TestKeys.ADMIN)).path("tenant").asString());
  }

  @Test
  void tellsWhatASessionUsed() throws Exception {
    JsonNode session = json(server.get("sessions/s1", TestKeys.ACME));
    assertEquals(10, session.path("completion_tokens").asInt());
    assertEquals("2026-11-20T12:00:00Z", session.path("first_at").asString());
    JsonNode other = json(server.get("sessions/s3?tenant=globex", TestKeys.ADMIN));
    assertEquals("globex", other.path("tenant").asString());
  }

  @Test
  void drawsWindows() throws Exception {
    JsonNode answer = json(server.get("windows?size=minute&by=session&" + AT_NOON, TestKeys.ACME));
    assertEquals("minute", answer.path("size").asString());
    assertEquals("2026-11-20T13:00:00Z", answer.path("to").asString());
    assertEquals(2, answer.path("series").size());
    JsonNode first = answer.path("series").path(0);
    assertEquals("{\"session\":\"s1\"}", first.path("name").toString());
    assertEquals("2026-11-20T12:00:00Z", first.path("points").path(0).path("start").asString());
    assertEquals(10, first.path("points").path(0).path("completion_tokens").asInt());
    String millis =
        "from=" + TestEntry.NOON.toEpochMilli() + "&to=" + (TestEntry.NOON.toEpochMilli() + 1);
    JsonNode whole = json(server.get("windows?size=minute&" + millis, TestKeys.ACME));
    assertEquals("{}", whole.path("series").path(0).path("name").toString());
    assertEquals("2026-11-20T12:01:00Z", whole.path("to").asString());
  }

  @Test
  void ranks() throws Exception {
    JsonNode rows =
        json(server.get("top?by=session&measure=tokens&limit=1", TestKeys.ACME)).path("rows");
    assertEquals(1, rows.size());
    assertEquals("s2", rows.path(0).path("name").path("session").asString());
    assertEquals(20, rows.path(0).path("totals").path("completion_tokens").asInt());
    JsonNode tenants = json(server.get("top?by=tenant", TestKeys.ADMIN)).path("rows");
    assertEquals("globex", tenants.path(0).path("name").path("tenant").asString());
  }

  @Test
  void listsEntriesPageByPage() throws Exception {
    JsonNode page = json(server.get("lines?limit=1&" + AT_NOON, TestKeys.ACME));
    assertEquals("s1", page.path("lines").path(0).path("session").asString());
    assertEquals("finished", page.path("lines").path(0).path("outcome").asString());
    String next = page.path("next").asString();
    JsonNode second =
        json(server.get("lines?limit=5&cursor=" + next + "&" + AT_NOON, TestKeys.ACME));
    assertEquals(1, second.path("lines").size());
    assertEquals("ENGINE_FAILED", second.path("lines").path(0).path("code").asString());
    assertTrue(second.path("next").isNull());
    JsonNode failed = json(server.get("lines?outcome=failed&session=s2", TestKeys.ACME));
    assertEquals(1, failed.path("lines").size());
    assertEquals(0, json(server.get("lines?model=other", TestKeys.ACME)).path("lines").size());
  }

  @Test
  void tellsWhatIsLeftOfQuotas() throws Exception {
    JsonNode limits = json(server.get("quotas", TestKeys.ACME)).path("limits");
    assertEquals("acme", limits.path(0).path("scope").asString());
    assertEquals("tokens", limits.path(0).path("measure").asString());
    assertEquals("day", limits.path(0).path("period").asString());
    assertEquals(100, limits.path(0).path("limit").asInt());
    assertEquals(40, limits.path(0).path("used").asInt());
    assertEquals(10, limits.path(0).path("reserved").asInt());
    assertEquals(50, limits.path(0).path("left").asInt());
    assertEquals("2026-11-20T12:00:00Z", limits.path(0).path("resets_at").asString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "me?x=1 parameter:",
        "windows size:",
        "windows?size=week size:",
        "windows?size=minute&by=colour by:",
        "windows?size=minute&from=yesterday from:",
        "windows?size=minute&from=2026-01-01T00:00:00Z size:",
        "windows?size=day&size=hour size:",
        "windows?size=day&by=session&model=tiny by",
        "windows?size=day&format=xml format:",
        "top by:",
        "top?by=session&limit=0 limit:",
        "top?by=session&limit=ten limit:",
        "top?by=session&measure=joy measure:",
        "lines?limit=1001 limit:",
        "lines?cursor=x cursor:",
        "lines?outcome=lost outcome:",
        "lines?from=9&to=8 from:",
        "lines?key=k%00&colour=red parameter:",
        "sessions/a%20b session:",
        "tenant?tenant=A tenant:",
      })
  void mistakesAreNamed(String path, String start) throws Exception {
    HttpResponse<String> answer = server.get(path, TestKeys.ACME);
    assertEquals(400, answer.statusCode(), answer::body);
    assertEquals("INVALID_REQUEST", error(answer).path("code").asString());
    assertTrue(error(answer).path("message").asString().startsWith(start), answer::body);
  }

  private String body(String path) throws Exception {
    return server.get(path, TestKeys.ACME).body();
  }
}
