package io.anyserve.standalone.acl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.topic.AccessRights.Role;
import io.anyserve.standalone.Readiness;
import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.SingleService;
import io.anyserve.standalone.SingleService.Service;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.StreamEvent;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rights of each role against Kafka's own authoriser. */
@Timeout(300)
final class AccessRightsIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;

  @Test
  void withExactlyTheseRightsTheMainJobRuns() throws Exception {
    try (SecuredServices secured = SecuredServices.start(folder, _ -> true);
        Refusals refusals = Refusals.watch();
        LoggedPasswords passwords = LoggedPasswords.watch();
        SingleService router = secured.start(Service.ROUTER);
        SingleService worker = secured.start(Service.WORKER);
        SingleService ingress = secured.start(Service.INGRESS);
        SingleService metering = secured.start(Service.METERING)) {
      for (SingleService service : List.of(router, worker, ingress, metering)) {
        Readiness.await(service::notReadyReasons, RunningServices.PATIENCE);
      }
      assertTrue(stream(secured).getLast().hasFinished());
      assertResponseIsKept(secured);
      assertSubmissionsAreAnswered(secured);
      assertLedgerIsWritten(secured);
      assertEquals(List.of(), refusals.lines());
      assertEquals(List.of(), passwords.lines());
      assertTrue(passwords.hidden() > 0);
    }
  }

  @Test
  void aServiceSaysWhatItLacksAndIsReadyOnceItHasIt() throws Exception {
    Map<Service, String> seldomUsed =
        Map.of(
            Service.INGRESS,
            RunningServices.TOPICS.control(),
            Service.ROUTER,
            RunningServices.TOPICS.tokens(),
            Service.WORKER,
            RunningServices.TOPICS.prefix() + "requests.",
            Service.METERING,
            RunningServices.TOPICS.quotas());
    List<AclBinding> withheld =
        seldomUsed.entrySet().stream()
            .flatMap(
                each ->
                    SecuredServices.bindings(Role.valueOf(each.getKey().name())).stream()
                        .filter(right -> right.entry().operation() == AclOperation.WRITE)
                        .filter(right -> right.pattern().name().equals(each.getValue())))
            .toList();
    assertEquals(seldomUsed.size(), withheld.size());
    try (SecuredServices secured =
            SecuredServices.start(folder, right -> !withheld.contains(right));
        SingleService router = secured.start(Service.ROUTER);
        SingleService worker = secured.start(Service.WORKER);
        SingleService ingress = secured.start(Service.INGRESS);
        SingleService metering = secured.start(Service.METERING)) {
      assertSays(ingress, "this user lacks WRITE on topic anyserve.control (expected: ");
      assertSays(router, "this user lacks WRITE on topic anyserve.tokens (expected: ");
      assertSays(metering, "this user lacks WRITE on topic anyserve.quotas (expected: ");
      assertSays(worker, "this user lacks WRITE on topic anyserve.requests.words, WRITE on");
      secured.give(withheld);
      for (SingleService service : List.of(router, worker, ingress, metering)) {
        Readiness.await(service::notReadyReasons, RunningServices.PATIENCE);
      }
    }
  }

  private static void assertSays(SingleService service, String text) {
    Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .untilAsserted(
            () -> {
              String reasons = service.notReadyReasons().toString();
              assertTrue(reasons.contains(text), reasons);
            });
  }

  private static List<StreamEvent> stream(SecuredServices secured) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", secured.grpcPort()).usePlaintext().build();
    try {
      List<StreamEvent> messages = new ArrayList<>();
      InferenceServiceGrpc.newBlockingStub(channel)
          .inferStream(
              InferStreamRequest.newBuilder()
                  .setInference(
                      RunningServices.inference(
                          "words", "secured", RunningServices.text("hello"), 5))
                  .build())
          .forEachRemaining(messages::add);
      return messages;
    } finally {
      channel.shutdownNow();
    }
  }

  /** The router writes what a response says into a conversation. */
  private static void assertResponseIsKept(SecuredServices secured) throws Exception {
    URI responses = URI.create("http://127.0.0.1:" + secured.httpPort() + "/v1/responses");
    JsonNode created =
        send(
            HttpRequest.newBuilder(responses)
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"words\",\"input\":\"hello\",\"max_output_tokens\":16}")));
    JsonNode kept =
        send(HttpRequest.newBuilder(URI.create(responses + "/" + created.path("id").asString())));
    assertEquals(created.path("output"), kept.path("output"));
  }

  private static JsonNode send(HttpRequest.Builder request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      assertEquals(200, response.statusCode(), response.body());
      return JSON.readTree(response.body());
    }
  }

  /** One good request, and one that is a dead letter. */
  private static void assertSubmissionsAreAnswered(SecuredServices secured) throws Exception {
    String good = "{\"capability\":\"words\",\"prompt\":\"hello\",\"max_tokens\":5}";
    try (var producer = secured.kafka(Role.SUBMITTER).newProducer("submitter", Map.of());
        var consumer =
            secured
                .kafka(Role.SUBMITTER)
                .newAssignedConsumer("results", IsolationLevel.READ_COMMITTED, Map.of());
        var dead =
            secured
                .kafka(Role.OPERATOR)
                .newAssignedConsumer("dead", IsolationLevel.READ_COMMITTED, Map.of())) {
      for (String value : List.of(good, "no request")) {
        producer
            .send(
                new ProducerRecord<>(
                    RunningServices.TOPICS.intake(), value.getBytes(StandardCharsets.UTF_8)))
            .get();
      }
      consumer.assign(List.of(new TopicPartition(RunningServices.TOPICS.results(), 0)));
      dead.assign(List.of(new TopicPartition(RunningServices.TOPICS.deadLetters(), 0)));
      Awaitility.await()
          .atMost(RunningServices.PATIENCE)
          .until(() -> consumer.poll(Duration.ofMillis(100)).count() > 0);
      Awaitility.await()
          .atMost(RunningServices.PATIENCE)
          .until(() -> dead.poll(Duration.ofMillis(100)).count() > 0);
    }
  }

  private static void assertLedgerIsWritten(SecuredServices secured) {
    try (var consumer =
        secured
            .kafka(Role.METERING)
            .newAssignedConsumer("ledger", IsolationLevel.READ_COMMITTED, Map.of())) {
      consumer.assign(List.of(new TopicPartition(RunningServices.TOPICS.usage(), 0)));
      Awaitility.await()
          .atMost(RunningServices.PATIENCE)
          .until(() -> consumer.poll(Duration.ofMillis(100)).count() > 0);
    }
  }
}
