package io.anyserve.ingress.grpc;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Makes services say what is wrong when bytes come that are not their request, or when they fail.
 * gRPC itself breaks such a call off without a word.
 */
final class StrictParsing {

  private StrictParsing() {}

  static ServerServiceDefinition of(ServerServiceDefinition service) {
    ServiceDescriptor described = service.getServiceDescriptor();
    List<ServerMethodDefinition<Object, ?>> methods = new ArrayList<>();
    service.getMethods().forEach(method -> methods.add(of(method)));
    var descriptor =
        ServiceDescriptor.newBuilder(described.getName())
            .setSchemaDescriptor(described.getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    var strict = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(strict::addMethod);
    return strict.build();
  }

  private static <Q, R> ServerMethodDefinition<Object, R> of(ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> described = method.getMethodDescriptor();
    var marshaller = (PrototypeMarshaller<Q>) described.getRequestMarshaller();
    var prototype =
        (Message) Objects.requireNonNull(marshaller.getMessagePrototype(), "protobuf has one");
    var descriptor =
        described.<Object, R>toBuilder(
                new RequestMarshaller(prototype), described.getResponseMarshaller())
            .build();
    return ServerMethodDefinition.create(descriptor, handler(method.getServerCallHandler()));
  }

  /** The handler sees its own requests only: the listener around it keeps the rest away. */
  private static <Q, R> ServerCallHandler<Object, R> handler(ServerCallHandler<Q, R> handler) {
    @SuppressWarnings("unchecked")
    var any = (ServerCallHandler<Object, R>) handler;
    return (call, headers) -> {
      var guarded = new CloseOnceCall<>(call);
      return new ExceptionMappingListener(guarded, any.startCall(guarded, headers));
    };
  }
}
