package io.anyserve.metering.api;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.metering.http.PageContext;
import io.anyserve.metering.query.PartitionOwners;
import io.anyserve.metering.query.codec.UsageCallerInterceptor;
import io.anyserve.metering.query.ledger.LedgerPartitions;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.GetTenantUsageRequest;
import io.anyserve.v1.QueryWindowsRequest;
import io.anyserve.v1.QueryWindowsResponse;
import io.anyserve.v1.TopUsageRequest;
import io.anyserve.v1.UsageGrouping;
import io.anyserve.v1.UsageServiceGrpc;
import io.anyserve.v1.UsageServiceGrpc.UsageServiceBlockingStub;
import io.anyserve.v1.WatchSessionUsageRequest;
import io.anyserve.v1.WatchUsageRequest;
import io.anyserve.v1.WatchUsageResponse;
import io.anyserve.v1.WindowSize;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two instances on real ports: acme is at the first, globex at the second. */
@Timeout(240)
final class OwnerRoutingTest {

  private final Map<String, PartitionOwners.Address> homes = new ConcurrentHashMap<>();
  private final Instance first = new Instance();
  private final Instance second = new Instance();

  @BeforeEach
  void start() throws Exception {
    first.start();
    second.start();
    homes.put("acme", first.place());
    homes.put("globex", second.place());
    first.counted.add(
        TestEntry.of("acme", "s1").tokens(10).entry(),
        TestEntry.of("acme", "s2").tokens(20).entry());
    second.counted.add(
        TestEntry.of("globex", "s1").tokens(400).entry(),
        TestEntry.of("globex", "s3").tokens(1).entry());
  }

  @AfterEach
  void stop() throws Exception {
    first.close();
    second.close();
  }

  @Test
  void anyInstanceAnswersForItsOwnAndTheOthers() {
    for (Instance instance : List.of(first, second)) {
      assertEquals(30, tokens(instance.stub(TestKeys.ACME), ""));
      assertEquals(401, tokens(instance.stub(TestKeys.GLOBEX), ""));
      assertEquals(30, tokens(instance.stub(TestKeys.ADMIN), "acme"));
      assertEquals(401, tokens(instance.stub(TestKeys.ADMIN), "globex"));
      assertEquals(431, tokens(instance.stub(TestKeys.ADMIN), "*"));
      assertEquals(20, session(instance.stub(TestKeys.ACME), "s2"));
      assertEquals(400, session(instance.stub(TestKeys.GLOBEX), "s1"));
      assertEquals(
          FailureCode.SESSION_NOT_FOUND,
          refusal(() -> session(instance.stub(TestKeys.GLOBEX), "s2")));
    }
  }

  @Test
  void answersOfSeveralInstancesAreMerged() {
    for (Instance instance : List.of(first, second)) {
      var admin = instance.stub(TestKeys.ADMIN);
      var top =
          admin.topUsage(
              TopUsageRequest.newBuilder()
                  .setBy(UsageGrouping.USAGE_GROUPING_SESSION)
                  .setLimit(2)
                  .build());
      assertEquals(
          List.of("globex/s1", "acme/s2"),
          top.getRowsList().stream()
              .map(row -> row.getName().getTenant() + "/" + row.getName().getSession())
              .toList());
      List<QueryWindowsResponse> series = new ArrayList<>();
      admin
          .queryWindows(
              QueryWindowsRequest.newBuilder().setSize(WindowSize.WINDOW_SIZE_HOUR).build())
          .forEachRemaining(series::add);
      assertEquals(1, series.size());
      assertEquals(431, series.getFirst().getPoints(0).getTotals().getCompletionTokens());
      assertEquals(
          4,
          series.getFirst().getPoints(0).getTotals().getFinished(),
          () -> "at " + instance.place());
    }
  }

  @Test
  void whatIsForwardedTravelsNoFurther() {
    homes.put("acme", second.place());
    homes.put("globex", first.place());
    assertEquals(0, tokens(first.stub(TestKeys.ACME), ""));
    first.counted.trouble = "does not own acme";
    second.counted.trouble = "does not own acme";
    assertEquals(
        FailureCode.STORE_UNAVAILABLE, refusal(() -> tokens(first.stub(TestKeys.ACME), "")));
  }

  @Test
  void forwardingGivesNobodyMoreThanTheirKey() {
    Metadata headers = new Metadata();
    headers.put(UsageCallerInterceptor.FORWARDED, "1");
    var forged =
        second
            .stub(TestKeys.ACME)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    assertEquals(FailureCode.PERMISSION_DENIED, refusal(() -> tokens(forged, "globex")));
    assertEquals(FailureCode.PERMISSION_DENIED, refusal(() -> tokens(forged, "*")));
    assertEquals(0, tokens(forged, ""));
    var unknown =
        second.stub("guess").withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    assertEquals(FailureCode.UNAUTHENTICATED, refusal(() -> tokens(unknown, "")));
  }

  @Test
  void whileNobodyKnowsTheOwnerOrItIsAwayARetryIsWorthIt() throws Exception {
    homes.remove("globex");
    assertEquals(
        FailureCode.STORE_UNAVAILABLE, refusal(() -> tokens(first.stub(TestKeys.GLOBEX), "")));
    homes.put("globex", second.place());
    second.server.close();
    var refused =
        assertThrows(StatusRuntimeException.class, () -> tokens(first.stub(TestKeys.GLOBEX), ""));
    assertEquals(io.grpc.Status.Code.UNAVAILABLE, refused.getStatus().getCode());
    var status = requireNonNull(StatusProto.fromThrowable(refused));
    assertTrue(GrpcStatuses.detail(status, com.google.rpc.RetryInfo.class).isPresent());
    assertEquals(
        FailureCode.STORE_UNAVAILABLE, refusal(() -> tokens(first.stub(TestKeys.ADMIN), "*")));
    assertEquals(30, tokens(first.stub(TestKeys.ACME), ""));
  }

  @Test
  void watchesReachTheOtherInstance() {
    Iterator<WatchUsageResponse> live =
        first
            .stub(TestKeys.GLOBEX)
            .watchUsage(WatchUsageRequest.newBuilder().setLines(true).build());
    await().atMost(Duration.ofSeconds(60)).until(() -> second.live() > 0);
    second.counted.add(TestEntry.of("globex", "s4").tokens(7).entry());
    WatchUsageResponse told = live.next();
    assertEquals(7, told.getCompletionTokens());
    assertEquals("s4", told.getLines(0).getContext().getSession());

    var session =
        first
            .stub(TestKeys.GLOBEX)
            .watchSessionUsage(WatchSessionUsageRequest.newBuilder().setSession("s1").build());
    assertEquals(1, session.next().getUsage().getRequests());
    await().atMost(Duration.ofSeconds(60)).until(() -> second.live() > 1);
    second.counted.add(TestEntry.of("globex", "s1").tokens(7).entry());
    assertEquals(2, session.next().getUsage().getRequests());
    first.channel().shutdownNow();
    await().atMost(Duration.ofSeconds(60)).until(() -> second.live() == 0);
  }

  private static long tokens(UsageServiceBlockingStub stub, String tenant) {
    return stub.getTenantUsage(GetTenantUsageRequest.newBuilder().setTenant(tenant).build())
        .getUsage()
        .getTotals()
        .getCompletionTokens();
  }

  private static long session(UsageServiceBlockingStub stub, String session) {
    return stub.getSessionUsage(GetSessionUsageRequest.newBuilder().setSession(session).build())
        .getUsage()
        .getCompletionTokens();
  }

  private static FailureCode refusal(Runnable call) {
    var refused = assertThrows(StatusRuntimeException.class, call::run);
    return GrpcStatuses.read(refused).orElseThrow().code();
  }

  /** One of the two, with a client of its own. */
  private final class Instance {

    private final Counted counted = new Counted();
    private final UsageApi api =
        new UsageApi(
            new UsageApi.Sources(
                counted,
                new Moving(),
                (tenant, count) -> LedgerPartitions.any(count),
                _ -> List.of(),
                PageContext.NONE),
            counted,
            InstantSource.fixed(TestEntry.NOON.plus(Duration.ofMinutes(30))));
    private final UsageServer server =
        new UsageServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            TestKeys.keys(),
            api.service());
    private Optional<PartitionOwners.Address> place = Optional.empty();
    private Optional<ManagedChannel> channel = Optional.empty();

    void start() throws Exception {
      api.start();
      server.start();
      place = Optional.of(new PartitionOwners.Address("127.0.0.1", server.address().getPort()));
      channel =
          Optional.of(
              Grpc.newChannelBuilderForAddress(
                      place().host(), place().port(), InsecureChannelCredentials.create())
                  .build());
    }

    ManagedChannel channel() {
      return channel.orElseThrow();
    }

    PartitionOwners.Address place() {
      return place.orElseThrow();
    }

    int live() {
      return api.listeners();
    }

    UsageServiceBlockingStub stub(String key) {
      Metadata headers = new Metadata();
      headers.put(UsageCallerInterceptor.AUTHORIZATION, "Bearer " + key);
      return UsageServiceGrpc.newBlockingStub(channel())
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** Where tenants are now, as this instance sees it. */
    private final class Moving implements PartitionOwners {

      @Override
      public Owner owner(TenantId tenant) {
        return now().owner(tenant);
      }

      @Override
      public Set<Address> others() {
        return now().others();
      }

      private PartitionOwners now() {
        return PartitionOwners.of(
            place(),
            tenant -> Optional.ofNullable(homes.get(tenant.value())),
            () -> Set.of(first.place(), second.place()));
      }
    }

    void close() throws Exception {
      channel.ifPresent(ManagedChannel::shutdownNow);
      server.close();
      api.close();
    }
  }
}
