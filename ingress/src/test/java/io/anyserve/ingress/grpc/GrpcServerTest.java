package io.anyserve.ingress.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.connection.GradualRelease;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.v1.CancelRequest;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.GetSessionUsageResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.SessionUsage;
import io.anyserve.v1.StreamEvent;
import io.anyserve.v1.UsageServiceGrpc;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class GrpcServerTest {

  private static final InferStreamRequest REQUEST =
      InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build();

  @Test
  void healthIsServingPerServiceAndOpen() throws Exception {
    try (var server = TestServer.start(List.of(key("k1", "secret-1", "acme")), List.of())) {
      assertEquals(ServingStatus.SERVING, health(server, ""));
      assertEquals(ServingStatus.SERVING, health(server, "anyserve.v1.InferenceService"));
    }
  }

  @Test
  void reflectionNamesTheServicesAndIsOpen() throws Exception {
    try (var server = TestServer.start(List.of(key("k1", "secret-1", "acme")), List.of())) {
      var names = new CompletableFuture<String>();
      var requests =
          ServerReflectionGrpc.newStub(server.channel()).serverReflectionInfo(collect(names));
      requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
      assertTrue(names.get(60, TimeUnit.SECONDS).contains("anyserve.v1.InferenceService"));
      requests.onCompleted();
    }
  }

  @Test
  void withoutAKeyEveryServiceIsClosed() throws Exception {
    var key = key("k1", "secret-1", "acme");
    try (var server = TestServer.start(List.of(key), List.of(usage().bindService()))) {
      assertEquals(
          "UNAUTHENTICATED: authorization: missing (expected: Bearer <API key>)",
          failure(server.blocking()));
      assertEquals(
          "UNAUTHENTICATED: authorization: unknown key (expected: Bearer <API key>)",
          failure(as("secret-2", server.blocking())));
      var stub = UsageServiceGrpc.newBlockingStub(server.channel());
      var thrown =
          assertThrows(
              StatusRuntimeException.class,
              () -> stub.getSessionUsage(GetSessionUsageRequest.getDefaultInstance()));
      assertTrue(TestServer.failure(thrown).startsWith("UNAUTHENTICATED"));
      assertEquals(0, server.log.requests.size());
    }
  }

  @Test
  void aKeyNamesItsTenantInTheRequestAndToOtherServices() throws Exception {
    var key = key("k1", "secret-1", "acme");
    try (var server = TestServer.start(List.of(key), List.of(usage().bindService()))) {
      assertTrue(as("secret-1", server.blocking()).inferStream(REQUEST).next().hasAccepted());
      var context = server.log.requests.getFirst().context();
      assertEquals("acme", context.tenant().value());
      assertEquals("k1", context.apiKey());
      var stub = as("secret-1", UsageServiceGrpc.newBlockingStub(server.channel()));
      var usage = stub.getSessionUsage(GetSessionUsageRequest.getDefaultInstance()).getUsage();
      assertEquals("acme", usage.getTenant());
    }
  }

  @Test
  void nobodyCancelsTheRequestOfAnotherTenant() throws Exception {
    var keys = List.of(key("k1", "secret-1", "acme"), key("k2", "secret-2", "other"));
    try (var server = TestServer.start(keys, List.of())) {
      Iterator<StreamEvent> events = as("secret-1", server.blocking()).inferStream(REQUEST);
      var cancel =
          CancelRequest.newBuilder()
              .setRequestId(events.next().getAccepted().getRequestId())
              .build();
      var thrown =
          assertThrows(
              StatusRuntimeException.class, () -> as("secret-2", server.blocking()).cancel(cancel));
      assertTrue(TestServer.failure(thrown).startsWith("REQUEST_NOT_FOUND"));
      assertEquals(List.of(), server.log.commands);
      as("secret-1", server.blocking()).cancel(cancel);
      var request = server.log.requests.getFirst().id();
      assertEquals(List.of(new Cancel(request, CancelReason.EXPLICIT)), server.log.commands);
    }
  }

  @Test
  void aServiceThatThrowsAnswersAllTheSame() throws Exception {
    try (var server = TestServer.start(List.of(), List.of(usage().bindService()))) {
      var stub = UsageServiceGrpc.newBlockingStub(server.channel());
      assertEquals("SESSION_NOT_FOUND: as asked", usageFailure(stub, "failure"));
      assertEquals("INTERNAL: an internal fault; the log says more", usageFailure(stub, "bug"));
    }
  }

  /** A second process that is given the same address must not take over the first one's callers. */
  @Test
  void aPortInUseIsNamedAndWhoeverHasItGoesOn() throws Exception {
    try (var server = TestServer.start()) {
      var taken = server.server.address();
      var second =
          new GrpcServer(
              new GrpcServer.Endpoint(taken, 1000, Duration.ZERO, Optional.empty()),
              CallAccess.of(new ApiKeys(List.of())),
              List.of(),
              () -> {},
              new GradualRelease(_ -> false));
      var thrown = assertThrows(IOException.class, second::start);
      assertTrue(thrown.toString().contains(":" + taken.getPort()), thrown.toString());
      assertTrue(thrown.toString().contains("in use"), thrown.toString());
      assertTrue(thrown.toString().contains("(expected: a free port"), thrown.toString());
      assertTrue(server.blocking().inferStream(REQUEST).next().hasAccepted());
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNamed() {
    var server =
        new GrpcServer(
            new GrpcServer.Endpoint(
                new InetSocketAddress("192.0.2.1", 1), 1000, Duration.ZERO, Optional.empty()),
            CallAccess.of(new ApiKeys(List.of())),
            List.of(),
            () -> {},
            new GradualRelease(_ -> false));
    var thrown = assertThrows(IOException.class, server::start);
    assertTrue(thrown.toString().contains("192.0.2.1"), thrown.toString());
  }

  @Test
  void aStoppingServerTellsOpenStreamsToResumeElsewhere() throws Exception {
    var server = TestServer.start();
    Iterator<StreamEvent> events = server.blocking().inferStream(REQUEST);
    assertTrue(events.next().hasAccepted());
    server.server.close();
    var thrown = assertThrows(StatusRuntimeException.class, events::hasNext);
    assertTrue(TestServer.failure(thrown).startsWith("SHUTTING_DOWN"), thrown.toString());
    assertEquals(List.of(), server.log.commands);
    server.close();
  }

  private static ServingStatus health(TestServer server, String service) {
    return HealthGrpc.newBlockingStub(server.channel())
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  private static String failure(InferenceServiceGrpc.InferenceServiceBlockingStub stub) {
    return TestServer.failure(
        assertThrows(StatusRuntimeException.class, () -> stub.inferStream(REQUEST).hasNext()));
  }

  private static String usageFailure(
      UsageServiceGrpc.UsageServiceBlockingStub stub, String session) {
    var request = GetSessionUsageRequest.newBuilder().setSession(session).build();
    return TestServer.failure(
        assertThrows(StatusRuntimeException.class, () -> stub.getSessionUsage(request)));
  }

  static <S extends AbstractStub<S>> S as(String key, S stub) {
    var metadata = new Metadata();
    metadata.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  static ApiKey key(String id, String secret, String tenant) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    return new ApiKey(id, HexFormat.of().formatHex(hash), new TenantId(tenant));
  }

  /** A service of another module on the same server. */
  private static UsageServiceGrpc.UsageServiceImplBase usage() {
    return new UsageServiceGrpc.UsageServiceImplBase() {
      @Override
      public void getSessionUsage(
          GetSessionUsageRequest request, StreamObserver<GetSessionUsageResponse> observer) {
        switch (request.getSession()) {
          case "failure" -> throw new FailureException(FailureCode.SESSION_NOT_FOUND, "as asked");
          case "bug" -> throw new IllegalStateException("thrown on purpose by a test");
          default -> {}
        }
        var usage = SessionUsage.newBuilder().setTenant(Caller.current().tenant().value());
        observer.onNext(GetSessionUsageResponse.newBuilder().setUsage(usage).build());
        observer.onCompleted();
      }
    };
  }

  private static StreamObserver<ServerReflectionResponse> collect(CompletableFuture<String> first) {
    return new StreamObserver<>() {
      @Override
      public void onNext(ServerReflectionResponse response) {
        first.complete(response.toString());
      }

      @Override
      public void onError(Throwable error) {
        first.completeExceptionally(error);
      }

      @Override
      public void onCompleted() {}
    };
  }
}
