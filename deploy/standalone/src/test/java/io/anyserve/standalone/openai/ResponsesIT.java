package io.anyserve.standalone.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseRetrieveParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.inputitems.InputItemListParams;
import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.SingleService;
import io.anyserve.standalone.UnusedPorts;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Responses through OpenAI's own client for Java, over two ingresses, and after a restart. */
@Timeout(300)
final class ResponsesIT {

  private static final String STORY = "story";
  private static final String SLOW = "slow";
  private static final int TOKENS = 12;
  private static final int SLOW_TOKENS = 60;
  private static final int FIRST_EVENTS = 9;

  private static RunningServices services;
  private static SingleService worker;
  private static SingleService second;
  private static int secondApi;
  private static OpenAIClient client;
  private static OpenAIClient atSecond;
  private static OpenAIClient ofOther;
  private static HttpClient http;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    services = RunningServices.simulated(data);
    worker =
        services.join(
            SingleService.Service.WORKER,
            """
            [worker]
            id = "slow-1"
            http-port = 0
            [[worker.capability]]
            name = "slow"
            engine = "simulated"
            slots = 8
            token-rate = "30"
            """);
    int port = UnusedPorts.row(2);
    secondApi = port + 1;
    second = ingress("second", port);
    client = client(services.place().apiPort(), "none");
    atSecond = client(secondApi, "sk-same");
    ofOther = client(secondApi, "sk-other");
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    http.close();
    client.close();
    atSecond.close();
    ofOther.close();
    second.close();
    worker.close();
    services.close();
  }

  /** With a resume key of its own, and a key for each of two tenants. */
  private static SingleService ingress(String instance, int port) throws Exception {
    return services.join(
        SingleService.Service.INGRESS,
        """
        [ingress]
        instance = "%s"
        port = %d
        api-http-port = %d
        http-port = 0
        router = "127.0.0.1:%d"
        [[ingress.key]]
        id = "same"
        tenant = "default"
        sha256 = "%s"
        [[ingress.key]]
        id = "other"
        tenant = "other"
        sha256 = "%s"
        """
            .formatted(
                instance,
                port,
                port + 1,
                services.place().routerPort(),
                sha256("sk-same"),
                sha256("sk-other")));
  }

  private static String sha256(String secret) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8)));
  }

  private static OpenAIClient client(int port, String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl("http://127.0.0.1:" + port + "/v1")
        .apiKey(key)
        .maxRetries(0)
        .build();
  }

  @Test
  void aResponseIsTheSameWhereverItIsAskedFor() {
    Response created = client.responses().create(response(STORY, "Once upon a time").build());
    assertEquals(ResponseStatus.INCOMPLETE, created.status().orElseThrow());
    assertEquals(TOKENS, created.usage().orElseThrow().outputTokens());
    assertEquals(
        "max_output_tokens",
        created.incompleteDetails().orElseThrow().reason().orElseThrow().asString());
    created.validate();
    assertEquals(created, client.responses().retrieve(created.id()));
    assertEquals(created, atSecond.responses().retrieve(created.id()));
  }

  @Test
  void aStreamIsInOrderAndAddsUpToTheResponse() {
    ResponseAccumulator all = ResponseAccumulator.create();
    List<ResponseStreamEvent> events = new ArrayList<>();
    try (StreamResponse<ResponseStreamEvent> stream =
        client.responses().createStreaming(response(STORY, "Once").build())) {
      stream.stream().map(all::accumulate).forEach(events::add);
    }
    events.forEach(ResponseStreamEvent::validate);
    assertTrue(events.getFirst().isCreated());
    assertTrue(events.get(1).isInProgress());
    assertTrue(events.get(2).isOutputItemAdded());
    assertTrue(events.get(3).isContentPartAdded());
    int end = events.size() - 4;
    StringBuilder text = new StringBuilder();
    events.subList(4, end).forEach(event -> text.append(event.asOutputTextDelta().delta()));
    assertEquals(text.toString(), events.get(end).asOutputTextDone().text());
    assertTrue(events.get(end + 1).isContentPartDone());
    assertTrue(events.get(end + 2).isOutputItemDone());
    Response last = events.getLast().asIncomplete().response();
    assertEquals(last, all.response());
    assertEquals(text.toString(), text(last));
    assertEquals(last, atSecond.responses().retrieve(last.id()));
    try (StreamResponse<ResponseStreamEvent> again =
        atSecond
            .responses()
            .retrieveStreaming(
                ResponseRetrieveParams.builder().responseId(last.id()).startingAfter(3).build())) {
      assertEquals(events.subList(4, events.size()), again.stream().toList());
    }
  }

  @Test
  void aResponseInTheBackgroundIsPolledAtEveryIngress() {
    Response created =
        client
            .responses()
            .create(response(SLOW, "Once").background(true).maxOutputTokens(SLOW_TOKENS).build());
    assertEquals(ResponseStatus.QUEUED, created.status().orElseThrow());
    await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> status(atSecond, created.id()).equals(ResponseStatus.IN_PROGRESS));
    await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> status(atSecond, created.id()).equals(ResponseStatus.INCOMPLETE));
    Response ended = client.responses().retrieve(created.id());
    assertEquals(SLOW_TOKENS, ended.usage().orElseThrow().outputTokens());
    assertEquals(ended, atSecond.responses().retrieve(created.id()));
  }

  @Test
  void aStreamThatBrokeOffGoesOnAtAnotherIngressWithTheSameBytes() throws Exception {
    HttpResponse<InputStream> broken =
        http.send(
            posting(
                services.place().apiPort(),
                "{\"model\":\"slow\",\"input\":\"Once\",\"background\":true,\"stream\":true,\"max_output_tokens\":60,\"ignore_eos\":true}"),
            BodyHandlers.ofInputStream());
    List<String> lines = new ArrayList<>();
    try (var reader = new BufferedReader(new InputStreamReader(broken.body(), UTF_8))) {
      while (lines.stream().filter(String::isEmpty).count() < FIRST_EVENTS) {
        lines.add(reader.readLine());
      }
    }
    String begun = String.join("\n", lines) + "\n";
    String id = "resp_" + broken.headers().firstValue("x-request-id").orElseThrow();
    String rest =
        get(secondApi, "sk-same", id + "?stream=true&starting_after=" + (FIRST_EVENTS - 1));
    String whole = begun + withoutPings(rest);
    assertEquals(whole, withoutPings(get(secondApi, "sk-same", id + "?stream=true")));
    assertEquals(whole, withoutPings(get(services.place().apiPort(), "none", id + "?stream=true")));
    assertTrue(rest.contains("event: response.incomplete\n"), rest);
    assertTrue(rest.contains("\"output_tokens\":60"), rest);
  }

  @Test
  void anIngressThatStopsLosesNoResponse() throws Exception {
    int port = UnusedPorts.row(2);
    String id;
    OpenAIClient atThird = client(port + 1, "sk-same");
    try (SingleService third = ingress("third", port);
        AutoCloseable _ = atThird::close) {
      id =
          atThird
              .responses()
              .create(response(SLOW, "Once").background(true).maxOutputTokens(SLOW_TOKENS).build())
              .id();
      await()
          .atMost(RunningServices.PATIENCE)
          .until(() -> status(client, id).equals(ResponseStatus.IN_PROGRESS));
      assertTrue(third.notReadyReasons().isEmpty());
    }
    await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> status(client, id).equals(ResponseStatus.INCOMPLETE));
    assertEquals(SLOW_TOKENS, client.responses().retrieve(id).usage().orElseThrow().outputTokens());
  }

  @Test
  void aReaderThatLeavesAnotherIngressChangesNothing() throws Exception {
    String id =
        client
            .responses()
            .create(response(SLOW, "Once").background(true).maxOutputTokens(SLOW_TOKENS).build())
            .id();
    HttpResponse<InputStream> stream =
        http.send(getting(secondApi, "sk-same", id + "?stream=true"), BodyHandlers.ofInputStream());
    try (var reader = new BufferedReader(new InputStreamReader(stream.body(), UTF_8))) {
      String line = reader.readLine();
      while (!line.equals("event: response.output_text.delta")) {
        line = reader.readLine();
      }
    }
    await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> status(client, id).equals(ResponseStatus.INCOMPLETE));
    assertEquals(SLOW_TOKENS, client.responses().retrieve(id).usage().orElseThrow().outputTokens());
  }

  @Test
  void aResponseIsCancelledAtAnotherIngress() {
    Response created =
        client
            .responses()
            .create(response(SLOW, "Once").background(true).maxOutputTokens(2_000).build());
    await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> status(client, created.id()).equals(ResponseStatus.IN_PROGRESS));
    Response cancelled = atSecond.responses().cancel(created.id());
    assertEquals(ResponseStatus.CANCELLED, cancelled.status().orElseThrow());
    assertEquals(cancelled, client.responses().cancel(created.id()));
    assertEquals(cancelled, client.responses().retrieve(created.id()));
    String ended = client.responses().create(response(STORY, "Once").build()).id();
    var refused = assertThrows(BadRequestException.class, () -> atSecond.responses().cancel(ended));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("Cannot cancel an incomplete"),
        refused::getMessage);
  }

  @Test
  void aDeletedResponseIsGoneEverywhere() {
    String id = client.responses().create(response(STORY, "Once").build()).id();
    atSecond.responses().delete(id);
    var gone = assertThrows(NotFoundException.class, () -> client.responses().retrieve(id));
    assertEquals("response_not_found", gone.code().orElse(""));
    assertThrows(NotFoundException.class, () -> client.responses().delete(id));
  }

  @Test
  void anotherTenantSeesNothing() {
    String id = client.responses().create(response(STORY, "Once").build()).id();
    assertThrows(NotFoundException.class, () -> ofOther.responses().retrieve(id));
    assertThrows(NotFoundException.class, () -> ofOther.responses().cancel(id));
    assertThrows(NotFoundException.class, () -> ofOther.responses().delete(id));
    assertThrows(NotFoundException.class, () -> ofOther.responses().inputItems().list(id));
    assertEquals(id, client.responses().retrieve(id).id());
  }

  @Test
  void turnsGoOnFromEachOtherAndTheirInputIsListed() {
    Response first = client.responses().create(response(STORY, "Once").build());
    Response next =
        atSecond
            .responses()
            .create(response(STORY, "and then").previousResponseId(first.id()).build());
    Response last =
        client.responses().create(response(STORY, "the end").previousResponseId(next.id()).build());
    assertTrue(prompt(next) > prompt(first) + TOKENS, next::toString);
    assertTrue(prompt(last) > prompt(next) + TOKENS, last::toString);
    assertEquals(next.id(), last.previousResponseId().orElseThrow());
    var page =
        client
            .responses()
            .inputItems()
            .list(last.id(), InputItemListParams.builder().limit(1).build());
    assertEquals(1, page.items().size());
    page.items().getFirst().validate();
    var gone =
        assertThrows(
            BadRequestException.class,
            () ->
                client
                    .responses()
                    .create(response(STORY, "x").previousResponseId("resp_none").build()));
    assertEquals("previous_response_not_found", gone.code().orElse(""));
  }

  @Test
  void aRepeatedCallIsOneResponse() throws Exception {
    String body = "{\"model\":\"story\",\"input\":\"Once\",\"max_output_tokens\":5}";
    String once = keyed(services.place().apiPort(), "none", body);
    assertEquals(once, keyed(services.place().apiPort(), "none", body));
    assertEquals(once, keyed(secondApi, "sk-same", body));
    assertNotEquals(once, keyed(secondApi, "sk-other", body));
  }

  @Test
  void whatIsNotOfferedIsRefusedByName() {
    Map<String, Object> parameters =
        Map.ofEntries(
            Map.entry("include", List.of("reasoning.encrypted_content")),
            Map.entry("reasoning", Map.of("effort", "high")),
            Map.entry("service_tier", "flex"),
            Map.entry("top_logprobs", 2),
            Map.entry("context_management", List.of(Map.of("type", "compaction"))),
            Map.entry("conversation", "conv_1"),
            Map.entry("prompt", Map.of("id", "p")),
            Map.entry("moderation", Map.of("model", "m")),
            Map.entry("access_programs", List.of("x")),
            Map.entry("unheard_of", 1));
    parameters.forEach(
        (name, value) -> {
          var refused =
              assertThrows(
                  BadRequestException.class,
                  () ->
                      client
                          .responses()
                          .create(
                              response(STORY, "Once")
                                  .putAdditionalBodyProperty(name, JsonValue.from(value))
                                  .build()),
                  name);
          assertEquals(name, refused.param().orElse(""));
          assertEquals("unsupported_parameter", refused.code().orElse(""));
        });
  }

  private static String keyed(int port, String key, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(posting(port, body), (_, _) -> true)
            .setHeader("Authorization", "Bearer " + key)
            .setHeader("Idempotency-Key", "responses-it")
            .build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response::body);
    return response.body();
  }

  private static HttpRequest posting(int port, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/responses"))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private static String get(int port, String key, String path) throws Exception {
    HttpResponse<String> response = http.send(getting(port, key, path), BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response::body);
    return response.body();
  }

  private static HttpRequest getting(int port, String key, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/responses/" + path))
        .header("Authorization", "Bearer " + key)
        .build();
  }

  private static String withoutPings(String events) {
    return events.replace(": ping\n\n", "");
  }

  private static ResponseStatus status(OpenAIClient asked, String id) {
    return asked.responses().retrieve(id).status().orElseThrow();
  }

  private static long prompt(Response response) {
    return response.usage().orElseThrow().inputTokens();
  }

  private static String text(Response response) {
    return response.output().getFirst().asMessage().content().getFirst().asOutputText().text();
  }

  static ResponseCreateParams.Builder response(String model, String input) {
    return ResponseCreateParams.builder()
        .model(model)
        .input(input)
        .maxOutputTokens(TOKENS)
        .putAdditionalBodyProperty("seed", JsonValue.from(7))
        .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true));
  }
}
