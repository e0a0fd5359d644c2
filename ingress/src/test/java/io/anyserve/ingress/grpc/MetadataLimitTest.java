package io.anyserve.ingress.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.ingress.response.Events;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metadata of a real connection, from a little to more than any server takes. */
@Timeout(180)
final class MetadataLimitTest {

  private static final InferStreamRequest REQUEST =
      InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build();

  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 9_000, 15_000})
  void asMuchAsIsUsualIsTaken(int bytes) {
    assertTrue(with(bytes).inferStream(REQUEST).next().hasAccepted());
  }

  @ParameterizedTest
  @ValueSource(ints = {17_000, 20_000, 200_000, 250_000})
  void moreIsRefusedWithTheLimitAndTheConnectionGoesOn(int bytes) {
    var other = server.blocking().inferStream(REQUEST);
    assertTrue(other.next().hasAccepted());
    StatusRuntimeException thrown = refusal(bytes);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, thrown.getStatus().getCode());
    String failure = TestServer.failure(thrown);
    assertTrue(failure.startsWith("TOO_LARGE: metadata: " + bytes / 1000), failure);
    assertTrue(failure.endsWith(" bytes (expected: at most 16384)"), failure);
    server.log.emit(server.log.requests.getFirst(), Events.started());
    assertTrue(other.next().hasStarted());
    assertEquals(1, server.log.requests.size());
  }

  @Test
  void binaryValuesCountWithTheirLength() {
    var metadata = new Metadata();
    metadata.put(Metadata.Key.of("blob-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[20_000]);
    var stub =
        server.blocking().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    var thrown =
        assertThrows(StatusRuntimeException.class, () -> stub.inferStream(REQUEST).hasNext());
    assertTrue(TestServer.failure(thrown).startsWith("TOO_LARGE: metadata: 20"));
  }

  @Test
  void beyondTheHardLimitTheCallEndsAndTheNextOneIsServed() {
    StatusRuntimeException thrown = refusal(400_000);
    assertFalse(thrown.getStatus().isOk());
    assertEquals(0, server.log.requests.size());
    assertTrue(with(10).inferStream(REQUEST).next().hasAccepted());
    assertEquals(ConnectivityState.READY, server.channel().getState(false));
  }

  private StatusRuntimeException refusal(int bytes) {
    var stub = with(bytes);
    return assertThrows(StatusRuntimeException.class, () -> stub.inferStream(REQUEST).hasNext());
  }

  private InferenceServiceBlockingStub with(int bytes) {
    var metadata = new Metadata();
    metadata.put(Metadata.Key.of("x-long", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(bytes));
    return server.blocking().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }
}
