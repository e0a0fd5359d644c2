package io.anyserve.ingress.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.BadRequest;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.v1.CancelRequest;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.Parameters;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever bytes come over the wire, the caller learns what was wrong with them. */
@Timeout(180)
final class BadRequestTest {

  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    assertEquals(0, server.log.requests.size());
    assertEquals(0, server.streams.size());
    server.close();
  }

  @Test
  void invalidUtf8IsNamedWithItsField() {
    byte[] valid = stream("XXXX").toByteArray();
    int at = new String(valid, UTF_8).indexOf("XXXX");
    valid[at + 1] = (byte) 0xC3;
    assertEquals(
        "INVALID_REQUEST: InferStreamRequest: inference.input.text: invalid UTF-8 (expected: valid"
            + " UTF-8)",
        failure(valid));
  }

  @Test
  void invalidUtf8InALabelIsNamedToo() {
    byte[] valid =
        InferStreamRequest.newBuilder()
            .setInference(TestServer.prompt("Once").putLabels("key", "XXXX"))
            .build()
            .toByteArray();
    valid[new String(valid, UTF_8).indexOf("XXXX")] = (byte) 0xFF;
    assertTrue(failure(valid).contains("inference.labels.value: invalid UTF-8"), failure(valid));
  }

  @Test
  void bytesThatAreNoMessageAreRefused() {
    String failure = failure(new byte[] {(byte) 0xFF, 1, 2, 3});
    assertTrue(failure.startsWith("INVALID_REQUEST: InferStreamRequest: "), failure);
    assertTrue(failure.endsWith("(expected: a protobuf message)"), failure);
  }

  @Test
  void anUnknownFieldIsRefusedWhereverItIs() {
    var unknown =
        UnknownFieldSet.newBuilder()
            .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    var parameters = Parameters.newBuilder().setUnknownFields(unknown);
    var request =
        InferStreamRequest.newBuilder()
            .setInference(TestServer.prompt("Once").setParameters(parameters));
    assertEquals(
        "INVALID_REQUEST: InferStreamRequest: inference.parameters.field number 99 is unknown"
            + " (expected: fields of this version only)",
        failure(request.build().toByteArray()));
  }

  @Test
  void anEmptyMessageIsRefusedWithAllItsMistakes() {
    var thrown = thrown(new byte[0]);
    assertEquals(Status.Code.INVALID_ARGUMENT, thrown.getStatus().getCode());
    var status = Objects.requireNonNull(StatusProto.fromThrowable(thrown));
    var fields = GrpcStatuses.detail(status, BadRequest.class).orElseThrow();
    assertEquals(2, fields.getFieldViolationsCount());
    assertEquals("capability", fields.getFieldViolations(0).getField());
    assertEquals("input", fields.getFieldViolations(1).getField());
  }

  @Test
  void aPromptAboveTheLimitIsTooLarge() {
    String failure = failure(stream("x".repeat(TestServer.INPUT_BYTES + 1)).toByteArray());
    assertTrue(
        failure.startsWith("TOO_LARGE: input: 10001 bytes (expected: at most 10000"), failure);
  }

  @Test
  void aMessageAboveTheLimitOfTheTransportGetsAnAnswerToo() {
    var thrown = thrown(stream("x".repeat(TestServer.MESSAGE_BYTES + 1)).toByteArray());
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, thrown.getStatus().getCode());
    assertTrue(thrown.toString().contains("20000"), thrown.toString());
  }

  @Test
  void aCompressedMessageAboveTheLimitGetsAnAnswerToo() {
    var request =
        InferRequest.newBuilder()
            .setInference(TestServer.prompt("x".repeat(TestServer.MESSAGE_BYTES + 1)))
            .build();
    var thrown =
        assertThrows(
            StatusRuntimeException.class,
            () -> server.blocking().withCompression("gzip").infer(request));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, thrown.getStatus().getCode());
    assertTrue(TestServer.failure(thrown).startsWith("TOO_LARGE"), TestServer.failure(thrown));
    assertTrue(TestServer.failure(thrown).contains("20000"), TestServer.failure(thrown));
  }

  @Test
  void aMessageOfManyMegabytesGetsAnAnswerToo() {
    byte[] message = new byte[32 << 20];
    var thrown = thrown(message);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, thrown.getStatus().getCode());
    assertTrue(thrown.toString().contains("20000: 33554432"), thrown.toString());
    assertTrue(failure(stream("").toByteArray()).contains("input: empty"));
  }

  @Test
  void theCallAfterABadOneIsServed() {
    failure(new byte[] {(byte) 0xFF});
    assertTrue(failure(stream("").toByteArray()).contains("input: empty"));
  }

  @Test
  void cancellingWhatIsNoIdOrNotKnownIsRefused() {
    assertTrue(cancelFailure("nonsense").startsWith("INVALID_REQUEST: request: \"nonsense\""));
    assertTrue(
        cancelFailure("00000000-0000-0001-0000-000000000002").startsWith("REQUEST_NOT_FOUND"));
  }

  private String cancelFailure(String id) {
    var request = CancelRequest.newBuilder().setRequestId(id).build();
    return TestServer.failure(
        assertThrows(StatusRuntimeException.class, () -> server.blocking().cancel(request)));
  }

  private static InferStreamRequest stream(String text) {
    return InferStreamRequest.newBuilder().setInference(TestServer.prompt(text)).build();
  }

  private String failure(byte[] request) {
    return TestServer.failure(thrown(request));
  }

  private StatusRuntimeException thrown(byte[] request) {
    var method =
        InferenceServiceGrpc.getInferStreamMethod().toBuilder(new Raw(), new Raw()).build();
    return assertThrows(
        StatusRuntimeException.class,
        () ->
            ClientCalls.blockingServerStreamingCall(
                    server.channel(), method, CallOptions.DEFAULT, ByteString.copyFrom(request))
                .hasNext());
  }

  /** Bytes as they are. */
  private static final class Raw implements MethodDescriptor.Marshaller<ByteString> {

    @Override
    public InputStream stream(ByteString bytes) {
      return new ByteArrayInputStream(bytes.toByteArray());
    }

    @Override
    public ByteString parse(InputStream stream) {
      throw new AssertionError("no answer is expected");
    }
  }
}
