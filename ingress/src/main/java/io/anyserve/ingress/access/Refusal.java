package io.anyserve.ingress.access;

import io.anyserve.runtime.auth.Caller;
import java.util.Optional;

/**
 * A call that was turned away.
 *
 * @param protocol {@code http} or {@code grpc}
 * @param caller empty where nobody was let in
 * @param route method and path, or the name of the gRPC method
 * @param code for programs
 * @param status of HTTP, or what it would be over HTTP
 * @param request id of the call or of its request; empty where it got none
 */
public record Refusal(
    String protocol,
    Optional<Caller> caller,
    ClientAddress address,
    String route,
    String code,
    int status,
    String request) {}
