/** The gRPC server and the public services on it. */
@NullMarked
package io.anyserve.ingress.grpc;

import org.jspecify.annotations.NullMarked;
