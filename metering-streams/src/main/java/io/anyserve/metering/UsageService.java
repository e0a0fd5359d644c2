package io.anyserve.metering;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.auth.Caller;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.wire.StatusWire;
import io.anyserve.contracts.wire.UsageWire;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.GetSessionUsageResponse;
import io.anyserve.v1.UsageServiceGrpc;
import io.anyserve.v1.WatchSessionUsageRequest;
import io.anyserve.v1.WatchSessionUsageResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;

/** What a session of the caller's tenant used, over gRPC. Thread-safe. */
public final class UsageService extends UsageServiceGrpc.UsageServiceImplBase {

  private final UsageStore ledger;

  public UsageService(UsageStore ledger) {
    this.ledger = ledger;
  }

  @Override
  public void getSessionUsage(
      GetSessionUsageRequest request, StreamObserver<GetSessionUsageResponse> response) {
    try {
      SessionUsage usage = find(Caller.current().tenant(), session(request.getSession()));
      response.onNext(
          GetSessionUsageResponse.newBuilder().setUsage(UsageWire.write(usage)).build());
      response.onCompleted();
    } catch (FailureException e) {
      refuse(response, e, request.getSession());
    }
  }

  /** Goes on until the caller leaves. */
  @Override
  public void watchSessionUsage(
      WatchSessionUsageRequest request, StreamObserver<WatchSessionUsageResponse> response) {
    try {
      TenantId tenant = Caller.current().tenant();
      SessionId session = session(request.getSession());
      find(tenant, session);
      watch(tenant, session, (ServerCallStreamObserver<WatchSessionUsageResponse>) response);
    } catch (FailureException e) {
      refuse(response, e, request.getSession());
    }
  }

  /** Looks the totals up again once changes are watched: none may fall in between. */
  private void watch(
      TenantId tenant,
      SessionId session,
      ServerCallStreamObserver<WatchSessionUsageResponse> response) {
    SessionWatcher watcher = new SessionWatcher(response);
    UsageStore.Watch watch = ledger.watch(new OfSession(tenant, session, watcher));
    response.setOnCancelHandler(watch::close);
    response.setOnReadyHandler(watcher::drain);
    try {
      watcher.accept(find(tenant, session));
    } catch (FailureException e) {
      watch.close();
      throw e;
    }
  }

  /** Hears of one session. */
  private record OfSession(TenantId tenant, SessionId session, SessionWatcher watcher)
      implements UsageWatcher {

    @Override
    public void session(SessionUsage usage) {
      if (usage.session().equals(session) && usage.tenant().equals(tenant)) {
        watcher.accept(usage);
      }
    }
  }

  private SessionUsage find(TenantId tenant, SessionId session) {
    return ledger
        .session(tenant, session)
        .orElseThrow(
            () ->
                new FailureException(
                    FailureCode.SESSION_NOT_FOUND, "session: " + session + " has no usage"));
  }

  private static SessionId session(String name) {
    try {
      return new SessionId(name);
    } catch (IllegalArgumentException e) {
      throw new FailureException(FailureCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }

  private static void refuse(StreamObserver<?> response, FailureException e, String session) {
    response.onError(StatusWire.exception(e.failure(), Map.of("session", session)));
  }
}
