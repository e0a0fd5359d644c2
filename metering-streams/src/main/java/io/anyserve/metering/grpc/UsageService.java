package io.anyserve.metering.grpc;

import io.anyserve.metering.query.codec.UsageCallerInterceptor;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;

/** {@code UsageService}, for any gRPC server that checks keys. */
public record UsageService(UsageGrpcHandler calls) implements BindableService {

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(calls, new UsageCallerInterceptor());
  }
}
