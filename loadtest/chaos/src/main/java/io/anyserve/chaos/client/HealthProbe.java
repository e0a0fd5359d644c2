package io.anyserve.chaos.client;

import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether an ingress answers at all, by gRPC's health protocol: one question at a time. How long it
 * may take depends on how long it took before. Thread-safe.
 */
final class HealthProbe implements StreamObserver<HealthCheckResponse> {

  private static final long LONGEST_MILLIS = 10_000;
  private static final long SILENCE = Duration.ofMillis(1500).toNanos();
  private static final double WEIGHT = 0.2;
  private static final int TIMES = 4;

  private final HealthGrpc.HealthStub health;
  private final LongSupplier nanos;
  private long wellAt;
  private long askedAt;
  private boolean asking;
  private double usual;

  HealthProbe(Channel channel, LongSupplier nanos) {
    this.health = HealthGrpc.newStub(channel);
    this.nanos = nanos;
    this.wellAt = nanos.getAsLong();
  }

  void ask() {
    synchronized (this) {
      if (asking) {
        return;
      }
      asking = true;
      askedAt = nanos.getAsLong();
    }
    health
        .withDeadlineAfter(LONGEST_MILLIS, TimeUnit.MILLISECONDS)
        .check(HealthCheckRequest.getDefaultInstance(), this);
  }

  /** It has not answered for much longer than it takes otherwise. */
  synchronized boolean isGone(long now) {
    return now - wellAt > Math.max(SILENCE, (long) (TIMES * usual));
  }

  @Override
  public synchronized void onNext(HealthCheckResponse answer) {
    wellAt = nanos.getAsLong();
    usual += WEIGHT * (wellAt - askedAt - usual);
  }

  @Override
  public synchronized void onError(Throwable ignored) {
    asking = false;
  }

  @Override
  public synchronized void onCompleted() {
    asking = false;
  }
}
