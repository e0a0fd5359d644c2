package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.RunningServices;
import io.anyserve.v1.GetRequestRequest;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import io.anyserve.v1.RequestState;
import io.anyserve.v1.StreamEvent;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a caller sends over gRPC: it is told what is wrong and may come again. */
final class HostileCallsIT {

  private static final int MANY = 20;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices services;

  @BeforeAll
  static void start() throws Exception {
    services = RunningServices.simulated(folder.resolve("data"));
  }

  @AfterAll
  static void stop() {
    services.close();
  }

  /** A deadline that passes before, or while, the request is on its way to a worker. */
  @ParameterizedTest
  @ValueSource(ints = {500, 1000, 1500, 2000, 3000, 5000})
  void whatNeverBeganMayRunForARetry(int micros) {
    String session = "late-" + micros;
    var first =
        withHeader("idempotency-key", session).withDeadlineAfter(micros, TimeUnit.MICROSECONDS);
    String end = end(first, session);
    String retried = end(withHeader("idempotency-key", session), session);

    assertTrue(
        retried.equals("OK") || began(session),
        end + " after " + micros + " us, its retry ends with " + retried + " and nothing ran");
  }

  @Test
  void aRequestIsKnownWhereItHasJustFinished() {
    for (int i = 0; i < MANY; i++) {
      String id = "";
      var stream = stub().inferStream(stream("read-own"));
      while (stream.hasNext()) {
        StreamEvent event = stream.next();
        id = event.hasAccepted() ? event.getAccepted().getRequestId() : id;
      }
      var found = stub().getRequest(GetRequestRequest.newBuilder().setRequestId(id).build());

      assertEquals(RequestState.REQUEST_STATE_FINISHED, found.getState());
      assertEquals(3, found.getUsage().getCompletionTokens());
    }
  }

  @Test
  void aRequestIsKnownAsSoonAsItIsAccepted() {
    for (int i = 0; i < MANY; i++) {
      var stream = stub().inferStream(stream("read-own"));
      String id = stream.next().getAccepted().getRequestId();
      var found = stub().getRequest(GetRequestRequest.newBuilder().setRequestId(id).build());

      assertEquals(id, found.getRequestId());
      stream.forEachRemaining(_ -> {});
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 20})
  void tooMuchMetadataIsRefusedWithTheLimit(int kibibytes) {
    var large = withHeader("x-large", "m".repeat(kibibytes << 10));
    try {
      var _ = large.infer(infer("metadata"));
    } catch (StatusRuntimeException e) {
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, e.getStatus().getCode(), e.toString());
      String description = String.valueOf(e.getStatus().getDescription());
      assertTrue(description.matches("(?s).*[0-9]{4,}.*"), description);
    }
    assertEquals("OK", end(stub(), "metadata"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "a\nb", "a\u0085b"})
  void controlCharactersInLabelsAreRefused(String text) {
    assertInvalid(inference("labels").toBuilder().putLabels(text, "v").build());
    assertInvalid(inference("labels").toBuilder().putLabels("name", text).build());
  }

  @Test
  void aStopStringMayHoldANewlineAndNoNul() {
    var inference = inference("stop").toBuilder();
    inference.getParametersBuilder().addStop("a\0b");
    assertInvalid(inference.build());

    inference.getParametersBuilder().clearStop().addStop("\n\n");
    var answer = stub().infer(InferRequest.newBuilder().setInference(inference).build());
    assertEquals(3, answer.getUsage().getCompletionTokens());
  }

  private static void assertInvalid(Inference inference) {
    var e =
        assertThrows(
            StatusRuntimeException.class,
            () -> stub().infer(InferRequest.newBuilder().setInference(inference).build()));
    assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode(), e.toString());
  }

  private static String end(InferenceServiceBlockingStub stub, String session) {
    try {
      InferResponse answer = stub.infer(infer(session));
      assertEquals(3, answer.getUsage().getCompletionTokens());
      return "OK";
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode().name();
    }
  }

  /** Whether a worker had taken it, by its ledger line. */
  private static boolean began(String session) {
    try (PlainClient kafka = new PlainClient(KafkaClients.of(services.bootstrapServers()))) {
      List<LedgerEntry> lines =
          Awaitility.await()
              .atMost(RunningServices.PATIENCE)
              .until(() -> kafka.lines(session), found -> !found.isEmpty());
      return lines.stream().anyMatch(line -> line.servedBy().attempts() > 0);
    }
  }

  private static InferenceServiceBlockingStub withHeader(String name, String value) {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    return stub().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private static InferenceServiceBlockingStub stub() {
    return InferenceServiceGrpc.newBlockingStub(services.channel());
  }

  private static InferRequest infer(String session) {
    return InferRequest.newBuilder().setInference(inference(session)).build();
  }

  private static InferStreamRequest stream(String session) {
    return InferStreamRequest.newBuilder().setInference(inference(session)).build();
  }

  private static Inference inference(String session) {
    return RunningServices.inference("story", session, RunningServices.text("Once"), 3);
  }
}
