package io.anyserve.metering.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.UsageServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UsageServerTest {

  private static final InetSocketAddress ANYWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @Test
  void answersOverTheNetwork() throws Exception {
    try (UsageServer server = server(ANYWHERE)) {
      assertInstanceOf(Health.Down.class, server.health());
      server.start();
      assertEquals(Health.UP, server.health());
      ManagedChannel channel = channel(server.address());
      try {
        var request = GetSessionUsageRequest.newBuilder().setSession("s1").build();
        var refused =
            assertThrows(
                StatusRuntimeException.class,
                () -> UsageServiceGrpc.newBlockingStub(channel).getSessionUsage(request));
        assertEquals(
            FailureCode.SESSION_NOT_FOUND, GrpcStatuses.read(refused).orElseThrow().code());
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void namesThePortThatIsInUse() throws Exception {
    try (UsageServer first = server(ANYWHERE)) {
      first.start();
      try (UsageServer second = server(first.address())) {
        IOException refused = assertThrows(IOException.class, second::start);
        String port = Integer.toString(first.address().getPort());
        assertTrue(String.valueOf(refused.getMessage()).contains(port), refused::toString);
      }
    }
  }

  private static UsageServer server(InetSocketAddress address) {
    Counted counted = new Counted();
    var api = new UsageApi(UsageApi.Sources.of(counted), counted, InstantSource.system());
    return new UsageServer(address, new ApiKeys(List.of()), api.service());
  }

  private static ManagedChannel channel(InetSocketAddress address) {
    return Grpc.newChannelBuilderForAddress(
            address.getHostString(), address.getPort(), InsecureChannelCredentials.create())
        .build();
  }
}
