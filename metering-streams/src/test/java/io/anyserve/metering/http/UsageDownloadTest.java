package io.anyserve.metering.http;

import static io.anyserve.metering.http.UsageHttpFixture.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.api.TestKeys;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class UsageDownloadTest {

  private static final String AT_NOON = "from=2026-11-20T12:00:00Z&to=2026-11-20T13:00:00Z";

  private final UsageHttpFixture server;

  UsageDownloadTest() throws Exception {
    server = new UsageHttpFixture();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void csvHasAHeaderAndNoFormulas() throws Exception {
    server.counted.add(
        TestEntry.of("acme", "s4")
            .model("chat", "=cmd|' /C calc'!A0")
            .labels(Map.of("note", "a,\"b\"\n=1", "-x", "y"))
            .entry());
    HttpResponse<String> lines = server.get("lines?format=csv&" + AT_NOON, TestKeys.ACME);
    assertTrue(
        lines.headers().firstValue("Content-Type").orElse("").startsWith("text/csv"),
        lines::toString);
    assertTrue(
        lines.headers().firstValue("Content-Disposition").orElse("").startsWith("attachment"));
    List<String> rows = List.of(lines.body().strip().split("\r\n", -1));
    assertEquals(4, rows.size());
    assertTrue(rows.getFirst().startsWith("ended_at,request_id,tenant,session,key,"));
    assertTrue(rows.getLast().contains(",'=cmd|' /C calc'!A0,"), rows::toString);
    assertTrue(rows.getLast().endsWith(",\"'-x=y;note=a,\"\"b\"\"\n=1\""), rows::toString);
    assertFalse(lines.body().contains("globex"));

    String top = server.get("top?by=model&format=csv", TestKeys.ACME).body();
    assertTrue(top.startsWith("tenant,capability,model,session,key,other,requests,"), top);
    assertTrue(top.contains(",chat,tiny,"), top);
    String windows = server.get("windows?size=hour&format=csv", TestKeys.ACME).body();
    assertTrue(windows.startsWith("start,tenant,"), windows);
    assertTrue(windows.contains("\r\n2026-11-20T12:00:00Z,"), windows);
  }

  @Test
  void aDownloadThatBreaksOffDoesNotLookWhole() throws Exception {
    server.counted.addQuietly(Collections.nCopies(6_000, TestEntry.of("acme", "s4").entry()));
    HttpResponse<String> whole = server.get("lines?format=csv", TestKeys.ACME);
    assertEquals(6_003, whole.body().lines().count());

    server.counted.breaksAfter = 5_000;
    var request = server.request("lines?format=csv", TestKeys.ACME).build();
    assertThrows(IOException.class, () -> server.client.send(request, BodyHandlers.ofString()));
  }

  @Test
  void aDownloadThatCannotStartIsAnError() throws Exception {
    server.counted.trouble = "restoring";
    HttpResponse<String> answer = server.get("lines?format=csv", TestKeys.ACME);
    assertEquals(503, answer.statusCode());
    assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""));
    assertEquals("application/json", answer.headers().firstValue("Content-Type").orElse(""));
    assertEquals(Optional.empty(), answer.headers().firstValue("Content-Disposition"));
    assertEquals("STORE_UNAVAILABLE", error(answer).path("code").asString());
  }
}
