package io.anyserve.ingress.responses;

import static io.anyserve.ingress.responses.ResponsesTestServer.RESPONSES;

import io.anyserve.ingress.openai.CallSeeds;
import io.anyserve.runtime.fuzz.FuzzedServer;
import io.anyserve.runtime.fuzz.HttpCalls;
import io.anyserve.runtime.fuzz.HttpCalls.Call;
import io.anyserve.runtime.fuzz.HttpFuzz;
import io.anyserve.runtime.fuzz.ServerFuzz;
import java.util.List;
import java.util.Map;

/** Responses that are made, kept and read again, as bytes. */
public final class ResponsesFuzz {

  private static final String KEY = "Authorization: Bearer " + ResponsesTestServer.ACME;
  private static final ServerFuzz SERVER =
      new ServerFuzz("GET /v1/models HTTP/1.1\r\n" + KEY, ResponsesFuzz::start);
  private static final String ONE = RESPONSES + "/{response}";

  private static final HttpCalls CALLS =
      new HttpCalls(
          List.of(
              new Call("POST", RESPONSES, CallSeeds.RESPONSE),
              new Call("GET", ONE),
              new Call("GET", ONE + "?stream=true&starting_after=3"),
              new Call("GET", ONE + "/input_items?limit=1&order=asc&after=msg_1_0"),
              new Call("POST", ONE + "/cancel"),
              new Call("DELETE", RESPONSES + "/resp_00000000-0000-0000-0000-000000000001")),
          List.of(KEY),
          List.of("Last-Event-ID: 3", "Last-Event-ID: 9223372036854775807"));

  private static final List<String> RAW =
      List.of(
          "GET %s?stream=true&starting_after=3 HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n"
              .formatted(ONE, KEY),
          "GET %s?stream=true HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 2\r\n%s\r\n\r\n"
              .formatted(ONE, KEY));

  private static final HttpFuzz FUZZ = new HttpFuzz(SERVER, CALLS, RAW);

  private ResponsesFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    FUZZ.read(input);
  }

  /** Throws for what the server has not ended. */
  static void end() throws Exception {
    SERVER.end();
  }

  private static FuzzedServer start() throws Exception {
    var server = new ResponsesTestServer();
    server.log.answers(server.log::tellStory);
    String id = ResponsesTestServer.json(server.create("\"input\":\"Once\"")).path("id").asString();
    return new FuzzedServer(
        server.address(), server.streams::size, Map.of("{response}", id), server);
  }
}
