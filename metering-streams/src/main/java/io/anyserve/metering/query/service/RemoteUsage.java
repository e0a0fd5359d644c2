package io.anyserve.metering.query.service;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.metering.query.LiveUsage;
import io.anyserve.metering.query.PartitionOwners.Address;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.TopQuery;
import io.anyserve.metering.query.TopTable;
import io.anyserve.metering.query.UpdateListener;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.metering.query.UsageSource;
import io.anyserve.metering.query.WindowQuery;
import io.anyserve.metering.query.WindowTable;
import io.anyserve.metering.query.WindowTable.Series;
import io.anyserve.metering.query.codec.ApiErrors;
import io.anyserve.metering.query.codec.QueryCodec;
import io.anyserve.metering.query.codec.UsageCallerInterceptor;
import io.anyserve.metering.store.UsageStore;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.GetTenantUsageRequest;
import io.anyserve.v1.UsageServiceGrpc;
import io.anyserve.v1.UsageServiceGrpc.UsageServiceBlockingStub;
import io.anyserve.v1.UsageServiceGrpc.UsageServiceStub;
import io.anyserve.v1.WatchSessionUsageRequest;
import io.anyserve.v1.WatchSessionUsageResponse;
import io.anyserve.v1.WatchUsageRequest;
import io.anyserve.v1.WatchUsageResponse;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** What another instance answers, asked with the asker's own key. Thread-safe. */
record RemoteUsage(UsageServiceBlockingStub blocking, UsageServiceStub watching, Address address)
    implements UsageSource {

  private static final int SECONDS = 10;

  static RemoteUsage of(Channel channel, Address address, UsageCaller asker) {
    Metadata headers = new Metadata();
    headers.put(UsageCallerInterceptor.FORWARDED, "1");
    asker.authorization().ifPresent(key -> headers.put(UsageCallerInterceptor.AUTHORIZATION, key));
    var credentials = MetadataUtils.newAttachHeadersInterceptor(headers);
    return new RemoteUsage(
        UsageServiceGrpc.newBlockingStub(channel).withInterceptors(credentials),
        UsageServiceGrpc.newStub(channel).withInterceptors(credentials),
        address);
  }

  @Override
  public Optional<SessionUsage> session(TenantId tenant, SessionId session) {
    var request =
        GetSessionUsageRequest.newBuilder()
            .setTenant(tenant.value())
            .setSession(session.value())
            .build();
    try {
      return Optional.of(asked(() -> UsageCodec.read(stub().getSessionUsage(request).getUsage())));
    } catch (FailureException e) {
      if (e.failure().code() == FailureCode.SESSION_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public UsageTotals totals(TenantScope scope) {
    var request = GetTenantUsageRequest.newBuilder().setTenant(scope.toString()).build();
    return asked(
        () -> UsageAggregateCodec.read(stub().getTenantUsage(request).getUsage().getTotals()));
  }

  @Override
  public WindowTable windows(WindowQuery query) {
    return asked(
        () -> {
          List<Series> series = new ArrayList<>();
          stub()
              .queryWindows(QueryCodec.write(query))
              .forEachRemaining(message -> series.add(QueryCodec.read(message)));
          return new WindowTable(series);
        });
  }

  @Override
  public TopTable top(TopQuery query) {
    return asked(() -> QueryCodec.read(stub().topUsage(QueryCodec.write(query))));
  }

  private UsageServiceBlockingStub stub() {
    return blocking.withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
  }

  private <T> T asked(Supplier<T> question) {
    try {
      return question.get();
    } catch (StatusRuntimeException e) {
      throw ApiErrors.of(e, address);
    }
  }

  @Override
  public UsageStore.Subscription watch(TenantScope scope, UpdateListener<LiveUsage> listener) {
    var request = WatchUsageRequest.newBuilder().setTenant(scope.toString()).setLines(true).build();
    return watch(
        (StreamObserver<WatchUsageResponse> observer) -> watching.watchUsage(request, observer),
        listener,
        QueryCodec::read);
  }

  @Override
  public UsageStore.Subscription watch(
      TenantId tenant, SessionId session, UpdateListener<SessionUsage> listener) {
    var request =
        WatchSessionUsageRequest.newBuilder()
            .setTenant(tenant.value())
            .setSession(session.value())
            .build();
    return watch(
        (StreamObserver<WatchSessionUsageResponse> observer) ->
            watching.watchSessionUsage(request, observer),
        listener,
        message -> UsageCodec.read(message.getUsage()));
  }

  /** Not under the deadline of whoever asks: a watch ends when it is closed. */
  private <M, T> UsageStore.Subscription watch(
      Consumer<StreamObserver<M>> call, UpdateListener<T> listener, Function<M, T> read) {
    Context.CancellableContext context = Context.ROOT.withCancellation();
    context.run(() -> call.accept(new Passing<>(context, listener, read, address)));
    return () -> context.cancel(null);
  }

  /** Hands on what the other instance tells. */
  private record Passing<M, T>(
      Context context, UpdateListener<T> listener, Function<M, T> read, Address address)
      implements StreamObserver<M> {

    @Override
    public void onNext(M message) {
      listener.next(read.apply(message));
    }

    @Override
    public void onError(Throwable thrown) {
      if (!context.isCancelled()) {
        listener.failed(
            thrown instanceof StatusRuntimeException e
                ? ApiErrors.of(e, address)
                : new FailureException(ApiErrors.of(thrown), thrown));
      }
    }

    @Override
    public void onCompleted() {
      if (!context.isCancelled()) {
        listener.failed(
            new FailureException(
                FailureCode.STORE_UNAVAILABLE, "usage: the instance at " + address + " stopped"));
      }
    }
  }
}
