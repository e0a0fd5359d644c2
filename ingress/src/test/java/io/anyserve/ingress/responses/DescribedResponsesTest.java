package io.anyserve.ingress.responses;

import static io.anyserve.ingress.responses.ResponsesTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.ingress.description.ApiContract;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What responses answer, held against their description. */
@Timeout(60)
final class DescribedResponsesTest {

  private static final String CREATE = "POST /v1/responses";
  private static final String RESPONSE = "/v1/responses/{id}";
  private static final String ONCE = "\"input\":\"Once\"";

  private final ApiContract contract = ApiContract.ofAllRoutes();
  private final ResponsesTestServer server;

  DescribedResponsesTest() throws Exception {
    server = new ResponsesTestServer();
    server.log.answers(server.log::tellStory);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void whatIsMadeIsAsDescribed() throws Exception {
    contract.check(CREATE, server.create(ONCE));
    contract.check(
        CREATE,
        server.create(
            ONCE
                + ",\"instructions\":\"Be brief.\",\"temperature\":0.5,\"max_output_tokens\":7,"
                + "\"metadata\":{\"a\":\"b\"},\"user\":\"me\""));
    contract.check(CREATE, server.create(ONCE + ",\"stream\":true"));
    contract.check(CREATE, server.create(ONCE + ",\"tools\":[1]"));
    contract.check(CREATE, server.create(ONCE + ",\"previous_response_id\":\"resp_none\""));
  }

  @Test
  void whatIsReadIsAsDescribed() throws Exception {
    String id = json(server.create(ONCE)).path("id").asString();
    contract.check("GET " + RESPONSE, answered(200, server.get(id)));
    contract.check("GET " + RESPONSE, answered(200, server.get(id + "?stream=true")));
    contract.check("GET " + RESPONSE, answered(400, server.get(id + "?include=a")));
    contract.check("GET " + RESPONSE, answered(404, server.get("resp_none")));
    String items = RESPONSE + "/input_items";
    contract.check("GET " + items, answered(200, server.get(id + "/input_items?limit=1")));
    contract.check("GET " + items, answered(400, server.get(id + "/input_items?limit=0")));
    contract.check("POST " + RESPONSE + "/cancel", answered(400, server.post(id + "/cancel")));
    contract.check("DELETE " + RESPONSE, answered(200, server.delete(id)));
    contract.check("DELETE " + RESPONSE, answered(404, server.delete(id)));
  }

  private static HttpResponse<String> answered(int status, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response::body);
    return response;
  }
}
