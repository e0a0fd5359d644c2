package io.anyserve.metering.api;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;

/** {@code UsageService}, for any gRPC server that checks keys. */
record UsageService(UsageGrpcHandler calls) implements BindableService {

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(calls, new UsageCallerInterceptor());
  }
}
