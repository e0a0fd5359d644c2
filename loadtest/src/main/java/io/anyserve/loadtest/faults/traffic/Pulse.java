package io.anyserve.loadtest.faults.traffic;

import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Whether an ingress answers at all, by gRPC's health protocol. Thread-safe. */
final class Pulse implements StreamObserver<HealthCheckResponse> {

  private static final long PATIENCE_MILLIS = 1000;

  private final HealthGrpc.HealthStub health;
  private final LongSupplier nanos;
  private volatile long wellAt;

  Pulse(Channel channel, LongSupplier nanos) {
    this.health = HealthGrpc.newStub(channel);
    this.nanos = nanos;
    this.wellAt = nanos.getAsLong();
  }

  void ask() {
    health
        .withDeadlineAfter(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .check(HealthCheckRequest.getDefaultInstance(), this);
  }

  /** When it last answered. */
  long wellAt() {
    return wellAt;
  }

  @Override
  public void onNext(HealthCheckResponse answer) {
    wellAt = nanos.getAsLong();
  }

  @Override
  public void onError(Throwable ignored) {}

  @Override
  public void onCompleted() {}
}
