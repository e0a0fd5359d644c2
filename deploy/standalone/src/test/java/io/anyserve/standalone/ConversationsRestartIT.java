package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.ConversationMessage;
import io.anyserve.v1.ConversationServiceGrpc;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceBlockingStub;
import io.anyserve.v1.DeleteConversationRequest;
import io.anyserve.v1.GetConversationRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations over the ingress: on another one, after a restart, and deleted. */
final class ConversationsRestartIT {

  @TempDir Path data;

  @Test
  void conversationsAreSeenByEveryIngressAndSurviveARestart() throws Exception {
    try (RunningServices services = RunningServices.simulated(data)) {
      append(asking(services.channel()), "m1", "");
      int port = UnusedPorts.row(1);
      try (SingleService _ = ingress(services, port)) {
        ManagedChannel other =
            NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        assertEquals(List.of("m1"), path(asking(other)));
        append(asking(other), "m2", "m1");
        other.shutdownNow();
      }
      assertEquals(List.of("m1", "m2"), path(asking(services.channel())));
    }
    try (RunningServices services = RunningServices.simulated(data)) {
      var asking = asking(services.channel());
      assertEquals(List.of("m1", "m2"), path(asking));
      asking.deleteConversation(DeleteConversationRequest.newBuilder().setSession("c1").build());
      var gone = assertThrows(StatusRuntimeException.class, () -> path(asking));
      assertEquals(Status.Code.NOT_FOUND, gone.getStatus().getCode());
    }
  }

  private static SingleService ingress(RunningServices services, int port) throws Exception {
    return services.join(
        SingleService.Service.INGRESS,
        """
        [ingress]
        instance = "other"
        port = %d
        http-port = 0
        router = "127.0.0.1:%d"
        """
            .formatted(port, services.place().routerPort()));
  }

  private static ConversationServiceBlockingStub asking(ManagedChannel channel) {
    return ConversationServiceGrpc.newBlockingStub(channel).withDeadlineAfter(2, TimeUnit.MINUTES);
  }

  private static void append(ConversationServiceBlockingStub asking, String id, String parent) {
    var message =
        ConversationMessage.newBuilder()
            .setMessageId(id)
            .setParentId(parent)
            .setRole("user")
            .setText("Text of " + id);
    asking.appendMessage(
        AppendMessageRequest.newBuilder().setSession("c1").setMessage(message).build());
  }

  private static List<String> path(ConversationServiceBlockingStub asking) {
    return asking
        .getConversation(GetConversationRequest.newBuilder().setSession("c1").build())
        .getMessagesList()
        .stream()
        .map(ConversationMessage::getMessageId)
        .toList();
  }
}
