package io.anyserve.metering.grpc;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.metering.query.DefaultRanges;
import io.anyserve.metering.query.DeferredSubscription;
import io.anyserve.metering.query.Selection;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.TimeRange;
import io.anyserve.metering.query.TopQuery;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.metering.query.WindowQuery;
import io.anyserve.metering.query.codec.ApiErrors;
import io.anyserve.metering.query.codec.QueryCodec;
import io.anyserve.metering.query.codec.UsageCallerInterceptor;
import io.anyserve.metering.query.ledger.LedgerPageToken;
import io.anyserve.metering.query.ledger.LedgerQuery;
import io.anyserve.metering.query.service.QueryExecutor;
import io.anyserve.metering.query.service.UsageQueryService;
import io.anyserve.metering.store.UsageStore;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.GetSessionUsageResponse;
import io.anyserve.v1.GetTenantUsageRequest;
import io.anyserve.v1.GetTenantUsageResponse;
import io.anyserve.v1.ListUsageLinesRequest;
import io.anyserve.v1.ListUsageLinesResponse;
import io.anyserve.v1.QueryWindowsRequest;
import io.anyserve.v1.QueryWindowsResponse;
import io.anyserve.v1.TenantUsage;
import io.anyserve.v1.TopUsageRequest;
import io.anyserve.v1.TopUsageResponse;
import io.anyserve.v1.UsageServiceGrpc;
import io.anyserve.v1.WatchSessionUsageRequest;
import io.anyserve.v1.WatchSessionUsageResponse;
import io.anyserve.v1.WatchUsageRequest;
import io.anyserve.v1.WatchUsageResponse;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** The calls of {@code UsageService}. The transport's threads only hand them on. Thread-safe. */
public final class UsageGrpcHandler extends UsageServiceGrpc.UsageServiceImplBase {

  private final UsageQueryService queries;
  private final DefaultRanges times;
  private final QueryExecutor threads;

  public UsageGrpcHandler(UsageQueryService queries, DefaultRanges times, QueryExecutor threads) {
    this.queries = queries;
    this.times = times;
    this.threads = threads;
  }

  @Override
  public void getSessionUsage(
      GetSessionUsageRequest request, StreamObserver<GetSessionUsageResponse> response) {
    answer(
        response,
        asker -> {
          TenantId tenant = asker.tenant(request.getTenant());
          var usage = queries.session(asker, tenant, new SessionId(request.getSession()));
          return GetSessionUsageResponse.newBuilder().setUsage(UsageCodec.write(usage)).build();
        });
  }

  @Override
  public void getTenantUsage(
      GetTenantUsageRequest request, StreamObserver<GetTenantUsageResponse> response) {
    answer(
        response,
        asker -> {
          TenantScope scope = asker.scope(request.getTenant());
          var totals = UsageAggregateCodec.write(queries.totals(asker, scope));
          return GetTenantUsageResponse.newBuilder()
              .setUsage(TenantUsage.newBuilder().setTenant(scope.toString()).setTotals(totals))
              .build();
        });
  }

  @Override
  public void queryWindows(
      QueryWindowsRequest request, StreamObserver<QueryWindowsResponse> response) {
    work(
        response,
        asker -> {
          var table = queries.windows(asker, windows(asker, request));
          table.series().forEach(series -> response.onNext(QueryCodec.write(series)));
          response.onCompleted();
        });
  }

  private WindowQuery windows(UsageCaller asker, QueryWindowsRequest request) {
    var size = UsageAggregateCodec.read(request.getSize());
    return new WindowQuery(
        asker.scope(request.getTenant()),
        size,
        times.chart(size, instant(request.getFrom()), instant(request.getTo())),
        new Selection(QueryCodec.read(request.getBy()), QueryCodec.read(request.getFilter())));
  }

  @Override
  public void topUsage(TopUsageRequest request, StreamObserver<TopUsageResponse> response) {
    answer(
        response,
        asker -> {
          TopQuery query = top(asker, request);
          return QueryCodec.write(queries.top(asker, query), query);
        });
  }

  private TopQuery top(UsageCaller asker, TopUsageRequest request) {
    TimeRange range = times.list(instant(request.getFrom()), instant(request.getTo()));
    return new TopQuery(
        asker.scope(request.getTenant()),
        QueryCodec.read(request.getBy()),
        QueryCodec.read(request.getMeasure()),
        TopQuery.size(range, times.now()),
        range,
        request.getLimit() == 0 ? TopQuery.DEFAULT_LIMIT : request.getLimit());
  }

  @Override
  public void listUsageLines(
      ListUsageLinesRequest request, StreamObserver<ListUsageLinesResponse> response) {
    answer(response, asker -> QueryCodec.write(queries.entries(entries(asker, request))));
  }

  private LedgerQuery entries(UsageCaller asker, ListUsageLinesRequest request) {
    String token = request.getPageToken();
    return new LedgerQuery(
        asker.scope(request.getTenant()),
        times.list(instant(request.getFrom()), instant(request.getTo())),
        QueryCodec.read(request.getFilter()),
        QueryCodec.read(request.getOutcome()),
        request.getPageSize() == 0 ? LedgerQuery.DEFAULT_LIMIT : request.getPageSize(),
        token.isEmpty() ? Optional.empty() : Optional.of(LedgerPageToken.parse(token)));
  }

  /** Goes on until the caller leaves. */
  @Override
  public void watchSessionUsage(
      WatchSessionUsageRequest request, StreamObserver<WatchSessionUsageResponse> response) {
    var observer = (ServerCallStreamObserver<WatchSessionUsageResponse>) response;
    SessionUsageStream sender = new SessionUsageStream(observer);
    observer.setOnReadyHandler(sender::drain);
    watch(
        observer,
        asker ->
            queries.watch(
                asker,
                asker.tenant(request.getTenant()),
                new SessionId(request.getSession()),
                sender));
  }

  /** Goes on until the caller leaves. */
  @Override
  public void watchUsage(WatchUsageRequest request, StreamObserver<WatchUsageResponse> response) {
    var observer = (ServerCallStreamObserver<WatchUsageResponse>) response;
    LiveUsageStream sender = new LiveUsageStream(observer, request.getLines());
    observer.setOnReadyHandler(sender::drain);
    watch(observer, asker -> queries.watch(asker, asker.scope(request.getTenant()), sender));
  }

  private void watch(
      ServerCallStreamObserver<?> response, Function<UsageCaller, UsageStore.Subscription> open) {
    DeferredSubscription watch = new DeferredSubscription();
    response.setOnCancelHandler(watch::close);
    response.setOnCloseHandler(watch::close);
    submit(response, asker -> watch.opened(open.apply(asker)));
  }

  private <T> void answer(StreamObserver<T> response, Function<UsageCaller, T> question) {
    work(
        response,
        asker -> {
          response.onNext(question.apply(asker));
          response.onCompleted();
        });
  }

  /** Of a caller who has left nobody takes the answer, which is no fault. */
  private void work(StreamObserver<?> response, Query work) {
    ((ServerCallStreamObserver<?>) response).setOnCancelHandler(() -> {});
    submit(response, work);
  }

  private void submit(StreamObserver<?> response, Query work) {
    try {
      UsageCaller asker = UsageCallerInterceptor.current();
      threads.run(asker, Context.current().wrap(() -> guarded(response, asker, work)));
    } catch (RuntimeException e) {
      response.onError(ApiErrors.status(e));
    }
  }

  private static void guarded(StreamObserver<?> response, UsageCaller asker, Query work) {
    try {
      work.on(asker);
    } catch (RuntimeException e) {
      response.onError(ApiErrors.status(e));
    }
  }

  private interface Query {
    void on(UsageCaller asker);
  }

  private static Optional<Instant> instant(long millis) {
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }
}
