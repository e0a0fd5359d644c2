package io.anyserve.ingress.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.ingress.description.ApiContract;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What conversations answer, held against their description. */
@Timeout(60)
final class DescribedConversationsTest {

  private static final String TEMPLATE = "/chat/history/{id}";
  private static final String PATH = "/chat/history/c1";

  private final ApiContract contract = ApiContract.ofAllRoutes();
  private final ChatTestServer server;

  DescribedConversationsTest() throws Exception {
    server = ChatTestServer.start();
    server.log.answers(server.log::tellStory);
  }

  @BeforeEach
  void talk() throws Exception {
    var price = new Price(1_000_000, 1_000_000, 0, 0);
    server.set(new PriceBook("v1", Instant.EPOCH, "EUR", Map.of("m", price)));
    try (TestSocket socket = TestSocket.of(server)) {
      socket.ask("c1", "m1", null, "Once");
      socket.toEnd();
    }
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void whatIsReadIsAsDescribed() throws Exception {
    contract.check("GET /sessions", server.get("/sessions?limit=10&search=Once"));
    contract.check("GET /sessions", server.get("/sessions?limit=0"));
    contract.check("GET " + TEMPLATE, server.get(PATH));
    contract.check("GET " + TEMPLATE, server.get("/chat/history/none"));
    contract.check("GET " + TEMPLATE + "/export", server.get(PATH + "/export"));
  }

  @Test
  void whatIsChangedIsAsDescribed() throws Exception {
    contract.check("PATCH " + TEMPLATE, changed("PATCH", "", "{\"title\":\"Fox\"}", 200));
    contract.check("PATCH " + TEMPLATE, changed("PATCH", "", "{\"current\":\"m1\"}", 200));
    contract.check("PATCH " + TEMPLATE, changed("PATCH", "", "{\"titel\":\"Fox\"}", 400));
    contract.check(
        "POST " + TEMPLATE + "/rollback",
        changed("POST", "/rollback", "{\"message\":\"m1\"}", 200));
    contract.check("DELETE " + TEMPLATE, server.send(server.to(PATH).DELETE()));
  }

  private HttpResponse<String> changed(String method, String below, String body, int status)
      throws Exception {
    HttpResponse<String> response = server.send(server.sending(method, PATH + below, body));
    assertEquals(status, response.statusCode(), response::body);
    return response;
  }

  @Test
  void anUnknownParameterIsRefused() throws Exception {
    assertEquals(400, server.get("/sessions?serach=a").statusCode());
    assertEquals(400, server.get(PATH + "?limit=1").statusCode());
  }
}
