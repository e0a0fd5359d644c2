package io.anyserve.router.conversations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.contracts.topic.TenantPartition;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.router.Router;
import io.anyserve.router.RouterConfig;
import io.anyserve.router.RouterTestLog;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.Conversation;
import io.anyserve.v1.ConversationMessage;
import io.anyserve.v1.ConversationServiceGrpc;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceBlockingStub;
import io.anyserve.v1.ConversationView;
import io.anyserve.v1.DeleteConversationRequest;
import io.anyserve.v1.GetConversationRequest;
import io.anyserve.v1.GetConversationResponse;
import io.anyserve.v1.ListConversationsRequest;
import io.anyserve.v1.RenameConversationRequest;
import io.anyserve.v1.RollbackConversationRequest;
import io.anyserve.v1.SelectBranchRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two routers on one broker, each asked about tenants of two partitions. */
@Timeout(300)
@SuppressWarnings("NullAway.Init") // set before each test
final class ConversationsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final List<String> TENANTS = tenantsOfTwoPartitions();

  @TempDir private Path directory;
  private final TopicNames topics = TopicNames.withDefaultPrefix();
  private final List<Running> routers = new ArrayList<>();
  private EmbeddedBroker broker;
  private KafkaClients kafka;

  /** A router with a connection to it. */
  private record Running(Router router, ManagedChannel channel) implements AutoCloseable {

    ConversationServiceBlockingStub ask() {
      return ConversationServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      channel.shutdownNow();
      router.close();
    }
  }

  private static List<String> tenantsOfTwoPartitions() {
    List<String> tenants = new ArrayList<>();
    for (int partition = 0; partition < 2; partition++) {
      int wanted = partition;
      tenants.add(
          Stream.iterate(0, i -> i + 1)
              .map(i -> "tenant-" + i)
              .filter(name -> TenantPartition.of(new TenantId(name), 2) == wanted)
              .findFirst()
              .orElseThrow());
    }
    return tenants;
  }

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    kafka = KafkaClients.of(broker.bootstrapServers());
    var sizes = new TopicPartitioning(2, 1, 2, 1, 1);
    try (Admin admin = kafka.newAdmin("test-admin")) {
      new TopicAdmin(admin, 1).create(new TopicCatalogue(topics, sizes).fixed());
    }
    startRouters();
  }

  @AfterEach
  void stop() {
    stopRouters();
    broker.close();
  }

  private void startRouters() throws Exception {
    routers.add(startRouter("a"));
    routers.add(startRouter("b"));
  }

  private void stopRouters() {
    routers.forEach(Running::close);
    routers.clear();
  }

  private Running startRouter(String name) throws Exception {
    var config =
        new RouterConfig(
            kafka,
            topics,
            name,
            directory.resolve(name),
            1,
            RouterConfig.DEFAULT_DEADLINE,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    var router = new Router(config, InstantSource.system(), new SimpleMeterRegistry());
    router.start();
    Awaitility.await().atMost(PATIENCE).until(() -> router.health().equals(Health.UP));
    return new Running(
        router, NettyChannelBuilder.forAddress(router.address()).usePlaintext().build());
  }

  @Test
  void whatOneRouterWroteTheOtherReads() {
    for (String tenant : TENANTS) {
      for (int i = 0; i < 4; i++) {
        append(i % 2, tenant, "m" + i, i == 0 ? "" : "m" + (i - 1));
        assertEquals(i + 1, path((i + 1) % 2, tenant).getMessagesCount());
        assertEquals(i + 1, path(i % 2, tenant).getMessagesCount());
      }
      append(1, tenant, "m3b", "m2");
      assertEquals("m3b", path(0, tenant).getConversation().getCurrentLeaf());
      assertEquals(5, tree(0, tenant).getMessagesCount());
      edit(0, stub -> stub.selectBranch(select(tenant, "m3")));
      assertEquals("m3", path(1, tenant).getConversation().getCurrentLeaf());
      edit(1, stub -> stub.rollbackConversation(rollback(tenant, "m1")));
      assertEquals(List.of("m0", "m1"), ids(path(0, tenant)));
      edit(0, stub -> stub.renameConversation(rename(tenant, "A title")));
      assertEquals(List.of("A title"), titles(1, tenant, ""));
      assertEquals(List.of("A title"), titles(0, tenant, "TEXT OF M3B"));
      assertEquals(List.of(), titles(0, tenant, "absent"));
    }
  }

  @Test
  void conversationsSurviveARestart() throws Exception {
    for (String tenant : TENANTS) {
      append(0, tenant, "m0", "");
      append(0, tenant, "m1", "m0");
    }
    stopRouters();
    startRouters();
    for (String tenant : TENANTS) {
      assertEquals(List.of("m0", "m1"), ids(path(1, tenant)));
      append(1, tenant, "m2", "m1");
      assertEquals(List.of("m0", "m1", "m2"), ids(path(0, tenant)));
      assertEquals(List.of("Text of m0"), titles(0, tenant, ""));
    }
  }

  @Test
  void conversationsAreReadBackFromTheLogOnANewDisk() throws Exception {
    for (String tenant : TENANTS) {
      append(0, tenant, "m0", "");
      append(1, tenant, "m1", "m0");
      append(1, tenant, "m1b", "m0");
    }
    stopRouters();
    routers.add(startRouter("c"));
    for (String tenant : TENANTS) {
      assertEquals(List.of("m0", "m1b"), ids(path(0, tenant)));
      assertEquals(3, tree(0, tenant).getMessagesCount());
      assertEquals(List.of("Text of m0"), titles(0, tenant, ""));
      append(0, tenant, "m2", "m1b");
      assertEquals(List.of("Text of m0"), titles(0, tenant, ""));
    }
  }

  @Test
  void whatIsDeletedIsGoneOnBothAndStaysSo() throws Exception {
    for (String tenant : TENANTS) {
      append(0, tenant, "m0", "");
      append(0, tenant, "m1", "m0");
      edit(1, stub -> stub.deleteConversation(delete(tenant)));
      for (int router = 0; router < 2; router++) {
        assertEquals(FailureCode.SESSION_NOT_FOUND, refusal(router, tenant));
        assertEquals(List.of(), titles(router, tenant, ""));
      }
    }
    assertEquals(Map.of(), latest());
    stopRouters();
    routers.add(startRouter("c"));
    for (String tenant : TENANTS) {
      assertEquals(FailureCode.SESSION_NOT_FOUND, refusal(0, tenant));
    }
  }

  @Test
  void whatCannotBeIsRefusedOnBoth() {
    String tenant = TENANTS.getFirst();
    append(0, tenant, "m0", "");
    for (int router = 0; router < 2; router++) {
      int asked = router;
      var conflict = message("m0", "m9");
      assertEquals(
          FailureCode.IDEMPOTENCY_CONFLICT,
          code(
              assertThrows(
                  StatusRuntimeException.class,
                  () -> edit(asked, stub -> stub.appendMessage(append(tenant, conflict))))));
      var large =
          GetConversationRequest.newBuilder()
              .setTenant(tenant)
              .setSession("c1")
              .setPageSize(501)
              .build();
      assertEquals(
          FailureCode.INVALID_REQUEST,
          code(
              assertThrows(
                  StatusRuntimeException.class,
                  () -> routers.get(asked).ask().getConversation(large))));
    }
  }

  /** A router that does not know yet that another one has its partition. */
  @Test
  void aWriterThatWasReplacedWritesNothing() {
    var partition = new TopicPartition(topics.conversations(), 0);
    Map<String, String> settings = Map.of("transactional.id", "test-writer");
    try (var first =
            new TransactionalConversationLog(
                partition, () -> kafka.newProducer("first", settings));
        var second =
            new TransactionalConversationLog(
                partition, () -> kafka.newProducer("second", settings))) {
      first.open();
      first.write(record("k", "first"));
      second.open();
      assertThrows(FailureException.class, () -> first.write(record("k", "late")));
      assertFalse(first.isOpen());
      second.write(record("l", "second"));
      assertEquals(Map.of("k", "first", "l", "second"), latest());
    }
  }

  private static Map<Bytes, Optional<byte[]>> record(String key, String value) {
    return Map.of(Bytes.wrap(key.getBytes(UTF_8)), Optional.of(value.getBytes(UTF_8)));
  }

  /** The values of the topic that no later record replaced or deleted. */
  private Map<String, String> latest() {
    Map<String, String> values = new TreeMap<>();
    try (var log = new RouterTestLog(broker.bootstrapServers(), topics)) {
      for (ConsumerRecord<byte[], byte[]> record : log.all(topics.conversations())) {
        String key = new String(record.key(), UTF_8);
        if (record.value() == null) {
          values.remove(key);
        } else {
          values.put(key, new String(record.value(), UTF_8));
        }
      }
    }
    return values;
  }

  private Conversation append(int router, String tenant, String message, String parent) {
    return edit(router, stub -> stub.appendMessage(append(tenant, message(message, parent))))
        .getConversation();
  }

  /** While partitions move between the routers the same call is made again. */
  private <R> R edit(int router, Function<ConversationServiceBlockingStub, R> call) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(ConversationsIT::passes)
        .until(() -> call.apply(routers.get(router).ask()), _ -> true);
  }

  private static boolean passes(Throwable thrown) {
    return thrown instanceof StatusRuntimeException e
        && GrpcStatuses.read(e).map(failure -> failure.code().retryable()).orElse(false);
  }

  private GetConversationResponse path(int router, String tenant) {
    return get(router, tenant, ConversationView.CONVERSATION_VIEW_PATH);
  }

  private GetConversationResponse tree(int router, String tenant) {
    return get(router, tenant, ConversationView.CONVERSATION_VIEW_TREE);
  }

  private GetConversationResponse get(int router, String tenant, ConversationView view) {
    var request =
        GetConversationRequest.newBuilder()
            .setTenant(tenant)
            .setSession("c1")
            .setView(view)
            .build();
    return edit(router, stub -> stub.getConversation(request));
  }

  private List<String> titles(int router, String tenant, String search) {
    var request = ListConversationsRequest.newBuilder().setTenant(tenant).setSearch(search).build();
    return edit(router, stub -> stub.listConversations(request)).getConversationsList().stream()
        .map(Conversation::getTitle)
        .toList();
  }

  private FailureCode refusal(int router, String tenant) {
    return code(assertThrows(StatusRuntimeException.class, () -> path(router, tenant)));
  }

  private static FailureCode code(StatusRuntimeException thrown) {
    return GrpcStatuses.read(thrown).orElseThrow(() -> thrown).code();
  }

  private static List<String> ids(GetConversationResponse response) {
    return response.getMessagesList().stream().map(ConversationMessage::getMessageId).toList();
  }

  private static ConversationMessage message(String id, String parent) {
    return ConversationMessage.newBuilder()
        .setMessageId(id)
        .setParentId(parent)
        .setRole("user")
        .setText("Text of " + id)
        .build();
  }

  private static AppendMessageRequest append(String tenant, ConversationMessage message) {
    return AppendMessageRequest.newBuilder()
        .setTenant(tenant)
        .setSession("c1")
        .setMessage(message)
        .build();
  }

  private static SelectBranchRequest select(String tenant, String message) {
    return SelectBranchRequest.newBuilder()
        .setTenant(tenant)
        .setSession("c1")
        .setMessageId(message)
        .build();
  }

  private static RollbackConversationRequest rollback(String tenant, String message) {
    return RollbackConversationRequest.newBuilder()
        .setTenant(tenant)
        .setSession("c1")
        .setMessageId(message)
        .build();
  }

  private static RenameConversationRequest rename(String tenant, String title) {
    return RenameConversationRequest.newBuilder()
        .setTenant(tenant)
        .setSession("c1")
        .setTitle(title)
        .build();
  }

  private static DeleteConversationRequest delete(String tenant) {
    return DeleteConversationRequest.newBuilder().setTenant(tenant).setSession("c1").build();
  }
}
