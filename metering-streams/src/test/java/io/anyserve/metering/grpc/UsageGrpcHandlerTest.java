package io.anyserve.metering.grpc;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.metering.api.Counted;
import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.api.TestKeys;
import io.anyserve.metering.api.UsageApi;
import io.anyserve.metering.query.codec.UsageCallerInterceptor;
import io.anyserve.runtime.auth.ApiKeyInterceptor;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.GetTenantUsageRequest;
import io.anyserve.v1.ListUsageLinesRequest;
import io.anyserve.v1.ListUsageLinesResponse;
import io.anyserve.v1.QueryWindowsRequest;
import io.anyserve.v1.QueryWindowsResponse;
import io.anyserve.v1.TopUsageRequest;
import io.anyserve.v1.UsageFilter;
import io.anyserve.v1.UsageGrouping;
import io.anyserve.v1.UsageServiceGrpc;
import io.anyserve.v1.UsageServiceGrpc.UsageServiceBlockingStub;
import io.anyserve.v1.WatchUsageRequest;
import io.anyserve.v1.WatchUsageResponse;
import io.anyserve.v1.WindowSize;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class UsageGrpcHandlerTest {

  private final Counted counted = new Counted();
  private final UsageApi api =
      new UsageApi(
          UsageApi.Sources.of(counted),
          counted,
          InstantSource.fixed(TestEntry.NOON.plus(Duration.ofMinutes(30))));
  private final String name = InProcessServerBuilder.generateName();
  private final Server server =
      InProcessServerBuilder.forName(name)
          .directExecutor()
          .intercept(new ApiKeyInterceptor(TestKeys.keys(), Set.of()))
          .addService(api.service())
          .build();
  private final ManagedChannel channel =
      InProcessChannelBuilder.forName(name).directExecutor().build();
  private final UsageServiceBlockingStub acme = stub(TestKeys.ACME);
  private final UsageServiceBlockingStub admin = stub(TestKeys.ADMIN);

  @BeforeEach
  void start() throws Exception {
    api.start();
    server.start();
    counted.add(
        TestEntry.of("acme", "s1").tokens(10).entry(),
        TestEntry.of("acme", "s2").tokens(20).outcome(Outcome.FAILED).entry(),
        TestEntry.of("globex", "s1").tokens(400).after(Duration.ofMinutes(2)).entry());
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    api.close();
  }

  @Test
  void tenantsAddUp() {
    var own = acme.getTenantUsage(GetTenantUsageRequest.getDefaultInstance()).getUsage();
    assertEquals("acme", own.getTenant());
    assertEquals(30, own.getTotals().getCompletionTokens());
    assertEquals(1, own.getTotals().getFailed());
    var all = admin.getTenantUsage(GetTenantUsageRequest.getDefaultInstance()).getUsage();
    assertEquals("*", all.getTenant());
    assertEquals(430, all.getTotals().getCompletionTokens());
  }

  @Test
  void othersAreOutOfReachHoweverTheyAreAskedFor() {
    for (String tenant : List.of("globex", "*", "nobody")) {
      for (Runnable question :
          List.<Runnable>of(
              () -> acme.getTenantUsage(tenantRequest(tenant)),
              () -> acme.queryWindows(windows().setTenant(tenant).build()).next(),
              () -> acme.topUsage(top().setTenant(tenant).build()),
              () -> acme.listUsageLines(entries().setTenant(tenant).build()),
              () ->
                  acme.watchUsage(WatchUsageRequest.newBuilder().setTenant(tenant).build()).next(),
              () ->
                  acme.getSessionUsage(
                      GetSessionUsageRequest.newBuilder()
                          .setTenant(tenant)
                          .setSession("s1")
                          .build()))) {
        assertEquals(FailureCode.PERMISSION_DENIED, refusal(question));
      }
    }
  }

  @Test
  void aFilterDoesNotReachAnotherTenantEither() {
    var filter = UsageFilter.newBuilder().setSession("s1");
    var found = acme.listUsageLines(entries().setFilter(filter).build()).getLinesList();
    assertEquals(1, found.size());
    assertEquals("acme", found.getFirst().getContext().getTenant());
  }

  @Test
  void windowsComeSeriesBySeries() {
    List<QueryWindowsResponse> series = new ArrayList<>();
    admin
        .queryWindows(windows().setBy(UsageGrouping.USAGE_GROUPING_SESSION).build())
        .forEachRemaining(series::add);

    assertEquals(3, series.size());
    var last = series.getLast();
    assertEquals("globex", last.getName().getTenant());
    assertEquals("s1", last.getName().getSession());
    assertFalse(last.getName().hasModel());
    assertEquals(TestEntry.NOON.toEpochMilli() + 120_000, last.getPoints(0).getStart());
    assertEquals(400, last.getPoints(0).getTotals().getCompletionTokens());
  }

  @Test
  void theTopOfTheTenantIsTheTenants() {
    var answer = acme.topUsage(top().build());
    assertEquals("s2", answer.getRows(0).getName().getSession());
    assertEquals(2, answer.getRowsCount());
    assertEquals(1, acme.topUsage(top().setLimit(1).build()).getRowsCount());
  }

  @Test
  void linesPageByToken() {
    for (int i = 0; i < 10; i++) {
      counted.add(TestEntry.of("acme", "more").entry());
    }
    int seen = 0;
    String token = "";
    do {
      ListUsageLinesResponse page =
          acme.listUsageLines(entries().setPageSize(5).setPageToken(token).build());
      seen += page.getLinesCount();
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertEquals(12, seen);
  }

  @Test
  void mistakesAreNamed() {
    assertMistake(
        "size: ",
        () ->
            acme.queryWindows(windows().setSize(WindowSize.WINDOW_SIZE_UNSPECIFIED).build())
                .next());
    assertMistake(
        "by: ", () -> acme.topUsage(top().setBy(UsageGrouping.USAGE_GROUPING_UNSPECIFIED).build()));
    assertMistake("by: ", () -> acme.topUsage(top().setByValue(99).build()));
    assertMistake("measure: ", () -> acme.topUsage(top().setMeasureValue(99).build()));
    assertMistake("limit: ", () -> acme.topUsage(top().setLimit(-1).build()));
    assertMistake("limit: ", () -> acme.listUsageLines(entries().setPageSize(1_001).build()));
    assertMistake("cursor: ", () -> acme.listUsageLines(entries().setPageToken("x").build()));
    assertMistake("outcome: ", () -> acme.listUsageLines(entries().setOutcomeValue(9).build()));
    assertMistake("from: ", () -> acme.listUsageLines(entries().setFrom(5).setTo(5).build()));
    assertMistake("from: ", () -> acme.listUsageLines(entries().setFrom(-5).setTo(5).build()));
    assertMistake("to: ", () -> acme.listUsageLines(entries().setTo(Long.MAX_VALUE).build()));
    assertMistake("tenant: ", () -> admin.getTenantUsage(tenantRequest("A/B")));
  }

  @Test
  void whileNobodyCanTellItIsWorthARetry() {
    counted.trouble = "restoring";
    var refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> acme.getTenantUsage(GetTenantUsageRequest.getDefaultInstance()));
    assertEquals(io.grpc.Status.Code.UNAVAILABLE, refused.getStatus().getCode());
    var status = requireNonNull(StatusProto.fromThrowable(refused));
    assertTrue(GrpcStatuses.detail(status, com.google.rpc.RetryInfo.class).isPresent());
  }

  @Test
  void whatIsAddedIsTold() {
    Iterator<WatchUsageResponse> own =
        acme.watchUsage(WatchUsageRequest.newBuilder().setLines(true).build());
    Iterator<WatchUsageResponse> all = admin.watchUsage(WatchUsageRequest.getDefaultInstance());
    WatchUsageResponse first = awaitNext(own, "acme");
    assertEquals(first.getRequests() * 2, first.getCompletionTokens());
    assertEquals(first.getRequests() * 3, first.getCostMicros());
    assertEquals("acme", first.getLines(0).getContext().getTenant());
    WatchUsageResponse both = awaitNext(all, "globex");
    assertTrue(both.getRequests() >= 1);
    assertEquals(0, both.getLinesCount());
  }

  /** The watch opens a moment after the call: goes on adding until it tells. */
  private WatchUsageResponse awaitNext(Iterator<WatchUsageResponse> watch, String tenant) {
    try (var adding = java.util.concurrent.Executors.newSingleThreadScheduledExecutor()) {
      var _ =
          adding.scheduleAtFixedRate(
              () -> counted.add(TestEntry.of(tenant, "x").tokens(2).cost(3).entry()),
              0,
              50,
              java.util.concurrent.TimeUnit.MILLISECONDS);
      WatchUsageResponse next = watch.next();
      adding.shutdownNow();
      return next;
    }
  }

  private static void assertMistake(String start, Runnable call) {
    var refused = assertThrows(StatusRuntimeException.class, call::run);
    var failure = GrpcStatuses.read(refused).orElseThrow();
    assertEquals(FailureCode.INVALID_REQUEST, failure.code(), failure::toString);
    assertTrue(failure.message().startsWith(start), failure::toString);
  }

  private static FailureCode refusal(Runnable call) {
    var refused = assertThrows(StatusRuntimeException.class, call::run);
    return GrpcStatuses.read(refused).orElseThrow().code();
  }

  private static GetTenantUsageRequest tenantRequest(String tenant) {
    return GetTenantUsageRequest.newBuilder().setTenant(tenant).build();
  }

  private static QueryWindowsRequest.Builder windows() {
    return QueryWindowsRequest.newBuilder().setSize(WindowSize.WINDOW_SIZE_MINUTE);
  }

  private static TopUsageRequest.Builder top() {
    return TopUsageRequest.newBuilder().setBy(UsageGrouping.USAGE_GROUPING_SESSION);
  }

  private static ListUsageLinesRequest.Builder entries() {
    return ListUsageLinesRequest.newBuilder();
  }

  private UsageServiceBlockingStub stub(String key) {
    Metadata headers = new Metadata();
    headers.put(UsageCallerInterceptor.AUTHORIZATION, "Bearer " + key);
    return UsageServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }
}
