package io.anyserve.router.status;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.router.connection.SupersededAttempt;
import io.anyserve.router.connection.WorkerCall;
import io.anyserve.router.connection.WorkerConnections;
import io.anyserve.v1.ConnectWorkerRequest;
import io.anyserve.v1.ConnectWorkerResponse;
import io.anyserve.v1.RepublishedRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open calls of workers. Thread-safe. */
final class WorkerCalls {

  private static final Logger log = LoggerFactory.getLogger(WorkerCalls.class);

  private final WorkerConnections connections;
  private final InstantSource clock;
  private final Set<Call> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong opened = new AtomicLong();

  WorkerCalls(WorkerConnections connections, InstantSource clock) {
    this.connections = connections;
    this.clock = clock;
  }

  StreamObserver<ConnectWorkerRequest> open(StreamObserver<ConnectWorkerResponse> answers) {
    Call call = new Call(opened.incrementAndGet(), answers);
    open.add(call);
    if (answers instanceof ServerCallStreamObserver<ConnectWorkerResponse> observer) {
      observer.setOnCancelHandler(call::end); // with it, a late answer is no error
    }
    return call;
  }

  /** Workers reconnect elsewhere, or here when this router is back. */
  void end() {
    open.forEach(Call::complete);
  }

  /** The call of one worker. Its own thread reads; others write too. */
  private final class Call implements StreamObserver<ConnectWorkerRequest>, WorkerCall {

    private final long number;
    private final StreamObserver<ConnectWorkerResponse> answers;
    private volatile @Nullable WorkerId worker;
    private boolean answered;

    Call(long number, StreamObserver<ConnectWorkerResponse> answers) {
      this.number = number;
      this.answers = answers;
    }

    @Override
    public long number() {
      return number;
    }

    @Override
    public void onNext(ConnectWorkerRequest request) {
      try {
        heard(WorkerCodec.heartbeat(request.getHeartbeat()), request.getProcessId());
      } catch (IllegalArgumentException e) {
        end();
        fail(Status.INVALID_ARGUMENT.withDescription("heartbeat: " + e.getMessage()));
      }
    }

    private void heard(WorkerHeartbeat heartbeat, long process) {
      long now = clock.millis();
      if (worker == null) {
        log.info("Worker {} is connected", heartbeat.worker());
      }
      worker = heartbeat.worker();
      List<SupersededAttempt> first = connections.heard(heartbeat.worker(), process, this, now);
      if (heartbeat.state() == WorkerState.STOPPED) {
        connections.left(heartbeat.worker(), this, now);
      }
      republished(first);
    }

    @Override
    public void republished(List<SupersededAttempt> attempts) {
      ConnectWorkerResponse.Builder answer = ConnectWorkerResponse.newBuilder();
      for (SupersededAttempt attempt : attempts) {
        answer.addRepublished(
            RepublishedRequest.newBuilder()
                .setRequestId(ByteString.copyFrom(attempt.request().bytes()))
                .setAttempt(attempt.attempt()));
      }
      send(answer.build());
    }

    private synchronized void send(ConnectWorkerResponse answer) {
      if (!answered) {
        answers.onNext(answer);
      }
    }

    private synchronized void fail(Status status) {
      if (!answered) {
        answered = true;
        answers.onError(status.asRuntimeException());
      }
    }

    private synchronized void complete() {
      if (!answered) {
        answered = true;
        answers.onCompleted();
      }
    }

    @Override
    public void onError(Throwable cause) {
      end();
    }

    @Override
    public void onCompleted() {
      end();
      complete();
    }

    /** Nothing more comes from this call. */
    private void end() {
      if (open.remove(this)) {
        WorkerId name = worker;
        if (name != null) {
          log.info("The call of worker {} has ended", name);
          connections.ended(name, this, clock.millis());
        }
      }
    }
  }
}
