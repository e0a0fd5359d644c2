package io.anyserve.metering.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.event.Outcome;
import io.anyserve.metering.api.Counted;
import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.api.TestKeys;
import io.anyserve.metering.api.UsageApi;
import io.anyserve.metering.query.PartitionOwners;
import io.anyserve.metering.query.ledger.LedgerPartitions;
import io.anyserve.quota.LimitStatus;
import io.anyserve.quota.Period;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaScope;
import io.anyserve.quota.QuotaUnit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Usage over HTTP on a free port, and a client of it. */
final class UsageHttpFixture implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  final Counted counted = new Counted();
  final UsageApi api =
      new UsageApi(
          new UsageApi.Sources(
              counted,
              PartitionOwners.alone(),
              (tenant, count) -> LedgerPartitions.any(count),
              tenant ->
                  List.of(
                      new LimitStatus(
                          new QuotaScope.OfTenant(tenant),
                          new QuotaLimit(QuotaUnit.TOKENS, Period.DAY, 100),
                          40,
                          10,
                          TestEntry.NOON)),
              new PageContext(
                  () -> Optional.of("EUR"),
                  Optional.of(new ChatLink(URI.create("https://chat.example/"))))),
          counted,
          InstantSource.fixed(TestEntry.NOON.plus(Duration.ofMinutes(30))));

  final UsageHttp http = api.http(anywhere(), TestKeys.keys());
  final HttpClient client = HttpClient.newHttpClient();

  /** Serves three entries of two tenants. */
  UsageHttpFixture() throws Exception {
    api.start();
    http.start();
    counted.add(
        TestEntry.of("acme", "s1").tokens(10).entry(),
        TestEntry.of("acme", "s2").tokens(20).outcome(Outcome.FAILED).entry(),
        TestEntry.of("globex", "s3").tokens(400).entry());
  }

  HttpResponse<String> get(String path, String key) throws Exception {
    return send(request(path, key));
  }

  HttpRequest.Builder request(String path, String key) {
    return HttpRequest.newBuilder(uri("/v1/usage/" + path))
        .header("Authorization", "Bearer " + key);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + http.address().getPort() + path);
  }

  static JsonNode json(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer::body);
    return JSON.readTree(answer.body());
  }

  static JsonNode error(HttpResponse<String> answer) {
    return JSON.readTree(answer.body()).path("error");
  }

  Socket stream(String path, String key) throws IOException {
    Socket socket = new Socket(http.address().getHostString(), http.address().getPort());
    String request =
        "GET " + path + " HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer " + key + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  static String readUntil(BufferedReader reader, String start) throws IOException {
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith(start)) {
        return line;
      }
    }
    throw new AssertionError("ended before: " + start);
  }

  static InetSocketAddress anywhere() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public void close() {
    client.close();
    http.close();
    api.close();
  }
}
