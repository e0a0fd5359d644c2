package io.anyserve.standalone.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.metering.prices.PriceTopic;
import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.SingleService;
import io.anyserve.standalone.UnusedPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What answers cost: on the page, in the history and in the ledger. */
@Timeout(240)
final class ChatCostIT {

  private static final String FIGURES = ".answer:last-child .figures";
  private static final int MOST_TRIES = 50;

  private static final PriceBook BOOK =
      new PriceBook(
          "chat-cost",
          Instant.EPOCH,
          "EUR",
          Map.of(PriceBook.ANY, new Price(500_000, 1_500_000, 50_000, 100)));

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @RegisterExtension static final ChatPage page = new ChatPage();

  @BeforeAll
  static void setPrices() throws Exception {
    new PriceTopic(page.services().kafka(), RunningServices.TOPICS).write(BOOK);
    Awaitility.await("metering has the book")
        .atMost(RunningServices.PATIENCE)
        .until(() -> get(usage("me")).path("currency").asString("").equals("EUR"));
  }

  @AfterAll
  static void withdrawPrices() throws Exception {
    try (var producer = page.services().kafka().newProducer("chat-cost", Map.of())) {
      byte[] version = BOOK.version().getBytes(UTF_8);
      producer.send(new ProducerRecord<>(RunningServices.TOPICS.prices(), version, null)).get();
    }
  }

  @Test
  void anAnswerHasItsCostAlsoAfterAReload() throws Exception {
    askUntilPriced();
    String shown = money(last());
    assertTrue(shown.startsWith("€0.00"), shown);
    assertTrue(figures().contains(shown), figures());
    page.browser().reload();
    page.browser().find(FIGURES);
    assertTrue(figures().contains(shown), figures());
    assertFalse(figures().contains("first after"), figures());
  }

  @Test
  void theCostIsThatOfTheLedger() throws Exception {
    askUntilPriced();
    assertCharged(last());
  }

  @Test
  void anotherIngressSaysTheSame() throws Exception {
    askUntilPriced();
    JsonNode answer = last();
    int port = UnusedPorts.row(3);
    try (SingleService _ =
        page.services().join(SingleService.Service.INGRESS, anotherIngress(port))) {
      assertEquals(answer, last("http://127.0.0.1:" + (port + 2)));
    }
  }

  private static String anotherIngress(int port) {
    return """
    [ingress]
    instance = "another"
    port = %d
    http-port = %d
    api-http-port = %d
    router = "127.0.0.1:%d"
    """
        .formatted(port, port + 1, port + 2, page.services().place().port() + 5);
  }

  /** It pays no price for the request. */
  @Test
  void soIsThatOfAStoppedAnswer() throws Exception {
    askUntilPriced();
    page.open();
    page.choose(ChatPage.SLOW);
    page.send("Stop this one");
    page.untilWriting();
    page.browser().press(Keys.ESCAPE);
    page.untilAnswers(1);
    JsonNode answer = last();
    assertCharged(answer);
    long tokens = answer.path("usage").path("completion_tokens").asLong();
    long prompt = answer.path("usage").path("prompt_tokens").asLong();
    assertEquals(
        (5 * prompt + 15 * tokens + 5) / 10, answer.path("cost").path("cost_micros").asLong());
    assertTrue(figures().contains(money(answer)), figures());
  }

  /** The ingress reads the book when its record arrives. */
  private static void askUntilPriced() {
    page.choose(ChatPage.STORY);
    for (int i = 0; i < MOST_TRIES && !figures().contains("€"); i++) {
      page.ask("What do you cost?");
    }
  }

  private static String figures() {
    return page.browser().all(FIGURES).isEmpty() ? "" : page.browser().find(FIGURES).getText();
  }

  /** The current message of the conversation that the page shows. */
  private static JsonNode last() throws Exception {
    return last(page.address());
  }

  private static JsonNode last(String ingress) throws Exception {
    String id = page.browser().text("location.hash.slice(4)");
    JsonNode history = get(ingress + "/chat/history/" + id);
    return history
        .path("messages")
        .valueStream()
        .filter(message -> message.path("id").equals(history.path("current")))
        .findFirst()
        .orElseThrow();
  }

  private static void assertCharged(JsonNode answer) {
    JsonNode line =
        Awaitility.await("the ledger has the request")
            .atMost(RunningServices.PATIENCE)
            .until(() -> line(answer.path("request").asString()), Optional::isPresent)
            .orElseThrow();
    JsonNode cost = answer.path("cost");
    assertEquals(line.path("cost_micros").asLong(), cost.path("cost_micros").asLong());
    assertEquals(BOOK.version(), cost.path("price_version").asString());
    assertEquals(line.path("price_version"), cost.path("price_version"));
    assertEquals("EUR", cost.path("currency").asString());
    assertTrue(cost.path("cost_micros").asLong() > 0, cost.toString());
  }

  private static Optional<JsonNode> line(String request) throws Exception {
    String session = page.browser().text("location.hash.slice(4)");
    return get(usage("lines?session=" + session))
        .path("lines")
        .valueStream()
        .filter(line -> line.path("request_id").asString().equals(request))
        .findFirst();
  }

  private static String usage(String question) {
    return "http://127.0.0.1:%d/v1/usage/%s"
        .formatted(page.services().place().port() + 6, question);
  }

  private static JsonNode get(String address) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(address)).build();
      return JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
    }
  }

  /** As the page writes it. */
  private static String money(JsonNode answer) {
    return page.browser()
        .awaited(
            "const { money } = await import('/assets/format.js');"
                + "return money(JSON.parse(given[0]))",
            answer.path("cost").toString());
  }
}
